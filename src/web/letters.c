/* SPDX-License-Identifier: Apache-2.0 */
/* Mails, as plain text. What somebody else chose (names) stands in them only in forms that were
 * checked: no mail of ours can be made to say something else. */
#include "letters.h"

#include "base/log.h"

static void post(struct call *call, const char *to, const char *subject, const char *text)
{
    struct err err = {0};
    if (!call->service->mailer || !to)
        return;
    const char *whole = arena_printf(call->arena, "%s\n-- \n%s\n", text, call->rules->hostname);
    if (mailer_post(call->service->mailer, &(struct mail){to, subject, whole}, &err) != 0)
        log_failure("a mail cannot be queued", &err);
}

/* Links go to the configured name, never to what a request calls this server: who asks for a mail
 * to somebody else must not choose where its link leads. */
static const char *link_to(const struct call *call, const char *path, const char *code)
{
    return arena_printf(call->arena, "%s://%s%s?code=%s", call->rules->scheme,
                        call->rules->hostname, path, code);
}

void letter_confirm(struct call *call, const char *to, const char *username, const char *code)
{
    post(call, to, "Confirm your e-mail address",
         arena_printf(call->arena,
                      "Hello %s,\n\nplease confirm your address by opening this link:\n\n    %s\n\n"
                      "If you did not sign up here, ignore this mail.\n",
                      username, link_to(call, "/confirm", code)));
}

void letter_change_email(struct call *call, const char *to, const char *username, const char *code)
{
    post(call, to, "Confirm your new e-mail address",
         arena_printf(call->arena,
                      "Hello %s,\n\nthis address is to become that of your account. Please confirm "
                      "it:\n\n    %s\n\nUntil then the old address stays. If you did not ask for "
                      "this, ignore this mail.\n",
                      username, link_to(call, "/confirm", code)));
}

void letter_email_changed(struct call *call, const char *to, const char *username,
                          const char *new_email)
{
    post(call, to, "Your e-mail address was changed",
         arena_printf(call->arena,
                      "Hello %s,\n\nthe address of your account is now %s.\n\nIf this was not you, "
                      "tell the registry's administrator.\n",
                      username, new_email));
}

void letter_password_changed(struct call *call, const char *to, const char *username)
{
    post(call, to, "Your password was changed",
         arena_printf(call->arena,
                      "Hello %s,\n\nthe password of your account was changed.\n\nIf this was not "
                      "you, tell the registry's administrator.\n",
                      username));
}

void letter_recovery(struct call *call, const char *to, const char *username, const char *code)
{
    post(call, to, "Recover your account",
         arena_printf(call->arena,
                      "Hello %s,\n\nthis link signs you in, once, so that you can choose a new "
                      "password:\n\n    %s\n\nIf you did not ask for it, ignore this mail.\n",
                      username, link_to(call, "/recovery", code)));
}

void letter_team_invite(struct call *call, const char *to, const char *username,
                        const char *inviter, const char *organization, const char *team,
                        const char *code)
{
    post(call, to, "You are invited to a team",
         arena_printf(call->arena,
                      "Hello%s%s,\n\n%s invites you to the team %s of %s. Accept it here:\n\n    "
                      "%s\n\nIf you do not want to, ignore this mail.\n",
                      username ? " " : "", username ? username : "", inviter, team, organization,
                      link_to(call, "/confirminvite", code)));
}
