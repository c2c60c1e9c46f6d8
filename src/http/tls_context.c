/* SPDX-License-Identifier: Apache-2.0 */
/* The server's side of TLS: certificate, key and what is allowed. The files are read by us and not
 * by OpenSSL, so that a file that cannot be read gives a message that helps. */
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/file.h"
#include "tls.h"

enum { PEM_FILE_MAX = 1024 * 1024 };

static int ssl_error(struct err *err, const char *file, const char *what)
{
    char text[160];
    ERR_error_string_n(ERR_peek_last_error(), text, sizeof text);
    ERR_clear_error();
    err_set(err, ERR_INVALID, "%s: %s", file, what);
    return err_detail(err, "%s", text);
}

/* An encrypted key must fail, not ask on a terminal. */
static int no_password(char *out, int size, int writing, void *context)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)context;
    return 0;
}

static int use_chain(SSL_CTX *context, BIO *pem, const char *file, struct err *err)
{
    X509 *leaf = PEM_read_bio_X509_AUX(pem, NULL, no_password, NULL);
    if (!leaf)
        return ssl_error(err, file, "holds no PEM certificate");
    int ok = SSL_CTX_use_certificate(context, leaf);
    X509_free(leaf);
    if (ok != 1)
        return ssl_error(err, file, "the certificate cannot be used");
    X509 *issuer;
    while ((issuer = PEM_read_bio_X509(pem, NULL, no_password, NULL))) {
        if (SSL_CTX_add0_chain_cert(context, issuer) != 1) {
            X509_free(issuer);
            return ssl_error(err, file, "a certificate of the chain cannot be used");
        }
    }
    unsigned long last = ERR_peek_last_error();
    if (ERR_GET_LIB(last) != ERR_LIB_PEM || ERR_GET_REASON(last) != PEM_R_NO_START_LINE)
        return ssl_error(err, file, "a certificate of the chain is damaged");
    ERR_clear_error();
    return 0;
}

static int use_key(SSL_CTX *context, BIO *pem, const char *file, struct err *err)
{
    EVP_PKEY *key = PEM_read_bio_PrivateKey(pem, NULL, no_password, NULL);
    if (!key)
        return ssl_error(err, file, "holds no PEM private key without a password");
    int ok = SSL_CTX_use_PrivateKey(context, key);
    EVP_PKEY_free(key);
    if (ok != 1 || SSL_CTX_check_private_key(context) != 1)
        return ssl_error(err, file, "the private key does not belong to the certificate");
    return 0;
}

typedef int use_fn(SSL_CTX *context, BIO *pem, const char *file, struct err *err);

static int use_file(SSL_CTX *context, const char *file, use_fn *use, struct err *err)
{
    _cleanup_buf_ struct buf text;
    buf_init(&text, PEM_FILE_MAX);
    int result = -1;
    if (file_read(file, &text, err) == 0) {
        BIO *pem = BIO_new_mem_buf(text.len ? text.ptr : "", (int)text.len);
        if (!pem)
            abort();
        result = use(context, pem, file, err);
        BIO_free(pem);
    }
    if (text.len > 0)
        OPENSSL_cleanse(text.ptr, text.len);
    return result;
}

static int select_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                       const unsigned char *in, unsigned in_len, void *context)
{
    static const unsigned char ours[] = "\x08http/1.1";
    (void)ssl;
    (void)context;
    unsigned char *chosen;
    if (SSL_select_next_proto(&chosen, out_len, ours, sizeof ours - 1, in, in_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static int configure(SSL_CTX *context, const struct tls_config *config, struct err *err)
{
    static const unsigned char session_context[] = "wharf";
    SSL_CTX_set_min_proto_version(context, config->tls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); /* tickets need none */
    SSL_CTX_set_session_id_context(context, session_context, sizeof session_context - 1);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_alpn_select_cb(context, select_alpn, NULL);
    if (config->ciphers && SSL_CTX_set_cipher_list(context, config->ciphers) != 1) {
        ERR_clear_error();
        return err_set(err, ERR_INVALID, "the list of TLS ciphers names none that is known");
    }
    if (use_file(context, config->certificate_file, use_chain, err) != 0)
        return -1;
    return use_file(context, config->key_file, use_key, err);
}

int tls_context_new(const struct tls_config *config, SSL_CTX **out, struct err *err)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context)
        abort();
    if (configure(context, config, err) != 0) {
        SSL_CTX_free(context);
        return -1;
    }
    *out = context;
    return 0;
}
