/* SPDX-License-Identifier: Apache-2.0 */
/* Time and its formats. The calendar is computed by hand (proleptic Gregorian, days counted from
 * 1970): gmtime_r and strftime take a lock and the locale, and run once for every log line. */
#include "clock.h"

#include <stdio.h>
#include <time.h>

static const char day_names[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char month_names[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct calendar {
    int year, month, day; /* month 1 to 12 */
    int hour, minute, second, millisecond;
    int weekday; /* 0 is Sunday */
};

static int64_t read_clock(clockid_t id, int64_t units_per_second)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * units_per_second + now.tv_nsec / (1000000000 / units_per_second);
}

int64_t clock_wall_ms(void)
{
    return read_clock(CLOCK_REALTIME, 1000);
}

int64_t clock_mono_ms(void)
{
    return read_clock(CLOCK_MONOTONIC, 1000);
}

int64_t clock_mono_us(void)
{
    return read_clock(CLOCK_MONOTONIC, 1000000);
}

/* From a point in time to its date, by 400-year eras that begin on 1 March, so that the leap day is
 * the last day of its year. */
static struct calendar calendar_of(int64_t ms)
{
    int64_t days = ms / 86400000;
    int64_t rest = ms % 86400000;
    if (rest < 0) {
        rest += 86400000;
        days--;
    }
    int64_t shifted = days + 719468; /* from 0000-03-01 */
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t in_era = shifted - era * 146097;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * in_year + 2) / 153; /* 0 is March */
    struct calendar c = {
        .day = (int)(in_year - (153 * month + 2) / 5 + 1),
        .month = (int)(month < 10 ? month + 3 : month - 9),
        .hour = (int)(rest / 3600000),
        .minute = (int)(rest / 60000 % 60),
        .second = (int)(rest / 1000 % 60),
        .millisecond = (int)(rest % 1000),
        .weekday = (int)(((days + 4) % 7 + 7) % 7),
    };
    c.year = (int)(year + era * 400 + (c.month <= 2));
    return c;
}

/* From a date to days since 1970, by the same eras. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void clock_format_rfc3339(int64_t wall_ms, char out[CLOCK_RFC3339_SIZE])
{
    struct calendar c = calendar_of(wall_ms);
    snprintf(out, CLOCK_RFC3339_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day,
             c.hour, c.minute, c.second);
}

void clock_format_rfc3339_ms(int64_t wall_ms, char out[CLOCK_RFC3339_SIZE])
{
    struct calendar c = calendar_of(wall_ms);
    snprintf(out, CLOCK_RFC3339_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day,
             c.hour, c.minute, c.second, c.millisecond);
}

void clock_format_http(int64_t wall_ms, char out[CLOCK_HTTP_SIZE])
{
    struct calendar c = calendar_of(wall_ms);
    snprintf(out, CLOCK_HTTP_SIZE, "%s, %02d %s %04d %02d:%02d:%02d GMT", day_names[c.weekday],
             c.day, month_names[c.month - 1], c.year, c.hour, c.minute, c.second);
}

static int month_of(struct str name)
{
    for (int i = 0; i < 12; i++) {
        if (str_eq_text(name, month_names[i]))
            return i + 1;
    }
    return 0;
}

bool clock_parse_http(struct str text, int64_t *wall_ms_out)
{
    uint64_t day, year, hour, minute, second;
    int month = month_of(str_sub(text, 8, 3));
    bool numbers = str_to_u64(str_sub(text, 5, 2), 31, &day) &&
                   str_to_u64(str_sub(text, 12, 4), 9999, &year) &&
                   str_to_u64(str_sub(text, 17, 2), 23, &hour) &&
                   str_to_u64(str_sub(text, 20, 2), 59, &minute) &&
                   str_to_u64(str_sub(text, 23, 2), 59, &second);
    if (!numbers || month == 0)
        return false;
    int64_t days = days_of((int64_t)year, month, (int64_t)day);
    int64_t hours = days * 24 + (int64_t)hour;
    int64_t wall_ms = ((hours * 60 + (int64_t)minute) * 60 + (int64_t)second) * 1000;
    /* Separators, weekday and 31 February are all settled by writing the time again. */
    char again[CLOCK_HTTP_SIZE];
    clock_format_http(wall_ms, again);
    if (!str_eq_text(text, again))
        return false;
    *wall_ms_out = wall_ms;
    return true;
}

/* The milliseconds of ".123456", which is taken off `io`; 0 when there is none, -1 when it is bad.
 */
static int64_t cut_fraction(struct str *io)
{
    int64_t ms = 0, unit = 100;
    size_t i = 1;
    if (io->len == 0 || io->ptr[0] != '.')
        return 0;
    for (; i < io->len && io->ptr[i] >= '0' && io->ptr[i] <= '9'; i++, unit /= 10)
        ms += unit * (io->ptr[i] - '0');
    *io = str_sub(*io, i, io->len);
    return i > 1 ? ms : -1;
}

/* "Z", "+02:00": minutes to add to UTC. */
static bool parse_offset(struct str text, int64_t *minutes_out)
{
    uint64_t hours, minutes;
    *minutes_out = 0;
    if (str_eq_text(text, "Z") || str_eq_text(text, "z"))
        return true;
    if (text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') || text.ptr[3] != ':' ||
        !str_to_u64(str_sub(text, 1, 2), 23, &hours) ||
        !str_to_u64(str_sub(text, 4, 2), 59, &minutes))
        return false;
    *minutes_out = (int64_t)(hours * 60 + minutes) * (text.ptr[0] == '-' ? -1 : 1);
    return true;
}

bool clock_parse_rfc3339(struct str text, int64_t *wall_ms_out)
{
    enum { SECONDS_LEN = 19 }; /* of "2026-11-24T03:05:43" */
    uint64_t year, month, day, hour, minute, second;
    int64_t offset;
    bool numbers = text.len > SECONDS_LEN && str_to_u64(str_sub(text, 0, 4), 9999, &year) &&
                   str_to_u64(str_sub(text, 5, 2), 12, &month) && month > 0 &&
                   str_to_u64(str_sub(text, 8, 2), 31, &day) &&
                   str_to_u64(str_sub(text, 11, 2), 23, &hour) &&
                   str_to_u64(str_sub(text, 14, 2), 59, &minute) &&
                   str_to_u64(str_sub(text, 17, 2), 59, &second);
    if (!numbers)
        return false;
    int64_t days = days_of((int64_t)year, (int64_t)month, (int64_t)day);
    int64_t minutes = (days * 24 + (int64_t)hour) * 60 + (int64_t)minute;
    int64_t wall_ms = (minutes * 60 + (int64_t)second) * 1000;
    /* Separators and 31 February are settled by writing the time again. */
    char again[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339(wall_ms, again);
    struct str rest = str_sub(text, SECONDS_LEN, text.len);
    int64_t ms = cut_fraction(&rest);
    if (!str_eq(str_sub(text, 0, SECONDS_LEN), (struct str){again, SECONDS_LEN}) || ms < 0 ||
        !parse_offset(rest, &offset))
        return false;
    *wall_ms_out = wall_ms + ms - offset * 60 * 1000;
    return true;
}
