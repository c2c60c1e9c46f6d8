/* SPDX-License-Identifier: Apache-2.0 */
/* The request of an application for a user's consent, as it comes by /oauth/authorize and by the
 * forms behind it: decoding it, and all that must hold before anything is granted or sent on.
 *
 * Who consents must be there in person: signed in with a browser, or with a password. A token
 * cannot make itself another one with more rights. */
#pragma once

#include "domain/oauth_application.h"
#include "domain/oauth_assignment.h"
#include "web/call.h"

enum { OAUTH_FORM_MAX = 16 * 1024 };

struct oauth_request {
    /* As sent. */
    const char *client_id;
    const char *redirect_uri;
    const char *scope;
    const char *response_type;    /* "code" when left out */
    const char *state;            /* NULL: none */
    const char *format;           /* "json" or NULL */
    const char *challenge;        /* of a proof key; NULL: none */
    const char *challenge_method; /* "S256" is the only one */
    const char *assignment_uuid;
    const char *csrf_token;
    const char *username; /* whom a token is assigned to */
    /* As found. */
    bool with_password; /* the caller came by HTTP Basic */
    bool wants_token;   /* the implicit flow */
    unsigned asked;     /* oauth_scope_bit that the scope names; 0: it names an unknown one */
    struct oauth_application application;
    struct oauth_assignment assignment; /* id 0: none is used */
};

/* Decode the query, or the form in call->raw. ERR_INVALID; out->format is set even then. */
int oauth_request_decode(struct call *call, struct str text, struct oauth_request *out,
                         struct err *err);
/* Find out who is asked: call->identity and call->account. ERR_UNAUTHORIZED when nobody is. */
int oauth_request_caller(struct call *call, struct oauth_request *request, struct err *err);
/* The CSRF token of a form must be right. A client of DIRECT_OAUTH_CLIENTID_WHITELIST needs none
 * when the caller gave a password with the request. ERR_CSRF. */
int oauth_request_check_form(struct call *call, const struct oauth_request *request,
                             struct err *err);
/* Find the application and its organization (call->space, call->space_access), and check where the
 * answer goes and whether the caller may say yes: as an administrator of the organization, or with
 * an assignment for just this request. 1 when all is well; 0 when the reply is there, a redirect to
 * the registered address that says what is wrong; -1: ERR_NOT_FOUND, ERR_DENIED, ERR_INVALID. */
int oauth_request_check(struct call *call, struct db_tx *tx, struct oauth_request *request,
                        struct err *err);
/* Send the browser there; never stored, no referrer. */
void oauth_request_redirect(struct call *call, const char *uri);
/* Send it to the application with that error and the state. */
void oauth_request_redirect_error(struct call *call, const struct oauth_request *request,
                                  const char *error);
