/* SPDX-License-Identifier: Apache-2.0 */
/* One view of the two body framings. */
#include "body.h"

void body_init(struct body *body, const struct request *request, bool expects_100)
{
    *body = (struct body){.expects_100 = expects_100};
    body->chunked = request->body_length == BODY_LENGTH_CHUNKED;
    body->left = body->chunked ? 0 : (uint64_t)request->body_length;
    body->complete = request->body_length == 0;
}

enum chunk_result body_next(struct body *body, struct str *in, struct str *piece_out)
{
    if (body->chunked) {
        enum chunk_result result = chunk_next(&body->chunk, in, piece_out);
        body->complete = result == CHUNK_END;
        return result;
    }
    body->complete = body->left == 0;
    if (body->complete)
        return CHUNK_END;
    if (in->len == 0)
        return CHUNK_MORE;
    *piece_out = str_sub(*in, 0, body->left < in->len ? (size_t)body->left : in->len);
    *in = str_sub(*in, piece_out->len, in->len);
    body->left -= piece_out->len;
    return CHUNK_DATA;
}

size_t body_want(const struct body *body, size_t room)
{
    return body->chunked || body->left > room ? room : (size_t)body->left;
}
