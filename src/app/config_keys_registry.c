/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of config.yaml about the registry itself. One row a key: name, how it is written,
 * what wharf does with it, a note for the user, and the value that asks for what happens anyway. */
#include "app/config_keys.h"

/* Notes that several rows share. */
static const char ui[] = "the web interface is not built yet";
static const char web_api[] = "the web API for this is not built yet";
static const char redis[] = "wharf needs no Redis";
static const char rates[] = "requests are not limited; do so in the proxy in front";
static const char forwarded[] = "X-Forwarded-* is not believed, whoever sends it";
static const char own_blobs[] = "blobs always come from wharf itself";
static const char key_in_db[] = "the key is kept in the database";
static const char schema1[] = "Docker schema 1 and its protocol are gone";
static const char any_type[] = "artifacts of every type are stored";
static const char collector[] = "one collector does all of it, by its own schedule";
static const char one_store[] = "there is one storage location";
static const char replication[] = "replication between storage locations is not built yet";
static const char python[] = "about the inner workings of Quay";
static const char nginx[] = "about the nginx inside Quay";
static const char health[] = "the health checks have no settings";
static const char old_config[] = "Quay itself does not look at it any more";

static const struct config_key addresses_and_tls_keys[] = {
    {"SERVER_HOSTNAME", CONFIG_TEXT, CONFIG_USED,
     "host[:port] in URLs and in the audience of tokens", NULL},
    {"PREFERRED_URL_SCHEME", CONFIG_TEXT, CONFIG_USED, "http or https, in URLs given to clients",
     NULL},
    {"EXTERNAL_TLS_TERMINATION", CONFIG_BOOL, CONFIG_USED,
     "TLS ends in front of wharf: ssl.cert is not used", NULL},
    {"SSL_PROTOCOLS", CONFIG_TEXTS, CONFIG_USED, "TLSv1.2 and TLSv1.3, or TLSv1.3 alone", NULL},
    {"SSL_CIPHERS", CONFIG_TEXTS, CONFIG_USED, "ciphers of TLS 1.2, in OpenSSL's names", NULL},
    {"SSL_CIPHERSUITES", CONFIG_TEXTS, CONFIG_ACCEPTED, "TLS 1.3 keeps its own list", NULL},
    {"FEATURE_LISTEN_IP_VERSION", CONFIG_TEXT, CONFIG_ACCEPTED, "--listen says where to listen",
     NULL},
    {"FEATURE_PROXY_PROTOCOL", CONFIG_BOOL, CONFIG_REFUSED,
     "the listeners do not speak it, and no request would get through", "false"},
    {"PROXY_COUNT", CONFIG_INT, CONFIG_ACCEPTED, forwarded, NULL},
    {"TRUSTED_PROXY_CIDR", CONFIG_TEXT, CONFIG_USED,
     "networks (\"10.0.0.0/8, 192.0.2.7\") of the proxies that are believed when they say, in"
     " X-Forwarded-For or Forwarded, for whom they call",
     NULL},
    {"CORS_ORIGIN", CONFIG_ORIGINS, CONFIG_USED,
     "pages of which origins may use the API and read /config; without it all may use the API, "
     "with "
     "a token but no cookie",
     NULL},
    {"SSRF_ALLOWED_HOSTS", CONFIG_TEXTS, CONFIG_USED,
     "hosts, addresses and networks inside that users may have called, for callbacks of exports",
     NULL},
    {"FEATURE_RATE_LIMITS", CONFIG_BOOL, CONFIG_ACCEPTED, rates, "false"},
    {"NON_RATE_LIMITED_NAMESPACES", CONFIG_TEXTS, CONFIG_ACCEPTED, rates, NULL},
    {"MANIFESTS_ENDPOINT_READ_TIMEOUT", CONFIG_TEXT, CONFIG_ACCEPTED, nginx, NULL},
    {"V1_ONLY_DOMAIN", CONFIG_TEXT, CONFIG_ACCEPTED, schema1, NULL},
    {"FEATURE_FIPS", CONFIG_BOOL, CONFIG_REFUSED,
     "wharf does not restrict itself to FIPS algorithms", "false"},
};

static const struct config_key registry_keys[] = {
    {"REGISTRY_STATE", CONFIG_TEXT, CONFIG_USED,
     "normal, or readonly: nothing is pushed or deleted", NULL},
    {"DISABLE_PUSHES", CONFIG_BOOL, CONFIG_USED, "nothing new is taken", NULL},
    {"MAXIMUM_LAYER_SIZE", CONFIG_SIZE, CONFIG_USED, "largest blob", NULL},
    {"FEATURE_LIBRARY_SUPPORT", CONFIG_BOOL, CONFIG_USED, "names without a namespace are allowed",
     NULL},
    {"LIBRARY_NAMESPACE", CONFIG_TEXT, CONFIG_USED, "namespace of those names", NULL},
    {"FEATURE_EXTENDED_REPOSITORY_NAMES", CONFIG_BOOL, CONFIG_USED,
     "repository names may contain slashes", NULL},
    {"CREATE_PRIVATE_REPO_ON_PUSH", CONFIG_BOOL, CONFIG_USED,
     "repositories created by a push are private", NULL},
    {"CREATE_NAMESPACE_ON_PUSH", CONFIG_BOOL, CONFIG_USED,
     "a push into a namespace that does not exist creates an organization", NULL},
    {"CREATE_REPOSITORY_ON_PUSH_PUBLIC", CONFIG_BOOL, CONFIG_ACCEPTED, old_config, NULL},
    {"FEATURE_PUBLIC_CATALOG", CONFIG_BOOL, CONFIG_USED, "/v2/_catalog lists public repositories",
     NULL},
    {"V2_PAGINATION_SIZE", CONFIG_INT, CONFIG_USED,
     "items a page of tags and catalog, at least 100", NULL},
    {"FEATURE_ADVERTISE_V2", CONFIG_BOOL, CONFIG_REFUSED,
     "/v2 would be served all the same, as it is all there is", "true"},
    {"BLACKLIST_V2_SPEC", CONFIG_TEXT, CONFIG_ACCEPTED, schema1, NULL},
    {"FEATURE_REFERRERS_API", CONFIG_BOOL, CONFIG_USED, "the referrers of OCI Distribution 1.1",
     NULL},
    {"FEATURE_SPARSE_INDEX", CONFIG_BOOL, CONFIG_USED,
     "an index may name manifests that are not here", NULL},
    {"FEATURE_GENERAL_OCI_SUPPORT", CONFIG_BOOL, CONFIG_ACCEPTED, any_type, "true"},
    {"FEATURE_HELM_OCI_SUPPORT", CONFIG_BOOL, CONFIG_ACCEPTED, any_type, "true"},
    {"ALLOWED_OCI_ARTIFACT_TYPES", CONFIG_OBJECT, CONFIG_ACCEPTED, any_type, NULL},
    {"OCI_NAMESPACE_WHITELIST", CONFIG_TEXTS, CONFIG_ACCEPTED, any_type, NULL},
    {"V22_NAMESPACE_BLACKLIST", CONFIG_TEXTS, CONFIG_ACCEPTED, schema1, NULL},
    {"FEATURE_RESTRICTED_V1_PUSH", CONFIG_BOOL, CONFIG_ACCEPTED, schema1, NULL},
    {"V1_PUSH_WHITELIST", CONFIG_TEXTS, CONFIG_ACCEPTED, schema1, NULL},
    {"SIGNED_GRANT_EXPIRATION_SEC", CONFIG_INT, CONFIG_ACCEPTED, schema1, NULL},
    {"REGISTRY_JWT_AUTH_MAX_FRESH_S", CONFIG_INT, CONFIG_USED, "longest accepted life of a token",
     NULL},
    {"INSTANCE_SERVICE_KEY_SERVICE", CONFIG_TEXT, CONFIG_USED,
     "issuer of tokens, owner of the keys at /keys", NULL},
    {"INSTANCE_SERVICE_KEY_EXPIRATION", CONFIG_INT, CONFIG_USED, "minutes that a key is valid",
     NULL},
    {"INSTANCE_SERVICE_KEY_REFRESH", CONFIG_INT, CONFIG_USED, "minutes after which a new key signs",
     NULL},
    {"EXPIRED_SERVICE_KEY_TTL_SEC", CONFIG_INT, CONFIG_USED, "how long expired keys are kept",
     NULL},
    {"UNAPPROVED_SERVICE_KEY_TTL_SEC", CONFIG_INT, CONFIG_ACCEPTED, web_api, NULL},
    {"INSTANCE_SERVICE_KEY_KID_LOCATION", CONFIG_TEXT, CONFIG_ACCEPTED, key_in_db, NULL},
    {"INSTANCE_SERVICE_KEY_LOCATION", CONFIG_TEXT, CONFIG_ACCEPTED, key_in_db, NULL},
    {"ACCOUNT_RECOVERY_MODE", CONFIG_BOOL, CONFIG_REFUSED,
     "the registry would be open all the same; stop it instead", "false"},
    {"SETUP_COMPLETE", CONFIG_BOOL, CONFIG_ACCEPTED, "there is no such mode", "true"},
};

static const struct config_key tags_keys[] = {
    {"DEFAULT_TAG_EXPIRATION", CONFIG_DURATION, CONFIG_USED,
     "how long a deleted or moved tag can be restored", NULL},
    {"TAG_EXPIRATION_OPTIONS", CONFIG_TEXTS, CONFIG_ACCEPTED, ui, NULL},
    {"FEATURE_CHANGE_TAG_EXPIRATION", CONFIG_BOOL, CONFIG_USED,
     "namespaces may say how long their deleted tags can be restored", NULL},
    {"PUSH_TEMP_TAG_EXPIRATION_SEC", CONFIG_INT, CONFIG_USED,
     "how long new blobs and untagged manifests are kept unused", NULL},
    {"RESET_CHILD_MANIFEST_EXPIRATION", CONFIG_BOOL, CONFIG_ACCEPTED,
     "the manifests of an index are kept by the index alone", NULL},
    {"PERMANENTLY_DELETE_TAGS", CONFIG_BOOL, CONFIG_USED,
     "tags may be deleted so that they cannot be restored", NULL},
    {"LABELED_EXPIRATION_MINIMUM", CONFIG_DURATION, CONFIG_USED,
     "least that the label quay.expires-after gives a tag", NULL},
    {"LABELED_EXPIRATION_MAXIMUM", CONFIG_DURATION, CONFIG_USED,
     "most that the label quay.expires-after gives a tag", NULL},
    {"LABEL_KEY_RESERVED_PREFIXES", CONFIG_TEXTS, CONFIG_USED,
     "labels that begin so cannot be added through the API", NULL},
    {"DEFAULT_LABEL_KEY_RESERVED_PREFIXES", CONFIG_TEXTS, CONFIG_USED,
     "the same, with the prefixes of well-known owners", NULL},
    {"FEATURE_IMMUTABLE_TAGS", CONFIG_BOOL, CONFIG_USED,
     "tags can be made immutable, one by one or by policies", NULL},
    {"FEATURE_IMMUTABLE_TAGS_CAN_EXPIRE", CONFIG_BOOL, CONFIG_USED,
     "immutable tags may have an expiration", NULL},
};

static const struct config_key storage_and_database_keys[] = {
    {"DB_URI", CONFIG_SECRET, CONFIG_USED, "sqlite:///PATH; PostgreSQL and MySQL are not built yet",
     NULL},
    {"DB_CONNECTION_ARGS", CONFIG_OBJECT, CONFIG_ACCEPTED, "SQLite needs none", NULL},
    {"DB_CONNECTION_POOLING", CONFIG_BOOL, CONFIG_ACCEPTED, "SQLite needs none", NULL},
    {"DB_READ_REPLICAS", CONFIG_LIST, CONFIG_ACCEPTED, "PostgreSQL is not built yet", NULL},
    {"DB_TRANSACTION_FACTORY", CONFIG_ANY, CONFIG_ACCEPTED, python, NULL},
    {"DATABASE_SECRET_KEY", CONFIG_SECRET, CONFIG_USED,
     "seals the tokens that the database keeps; without it a key is drawn", NULL},
    {"DISTRIBUTED_STORAGE_CONFIG", CONFIG_OBJECT, CONFIG_USED,
     "one location: LocalStorage with storage_path and fsync (always or never)", NULL},
    {"DISTRIBUTED_STORAGE_PREFERENCE", CONFIG_TEXTS, CONFIG_USED, "names the location to use",
     NULL},
    {"DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS", CONFIG_TEXTS, CONFIG_ACCEPTED, one_store, NULL},
    {"DISTRIBUTED_STORAGE_VALIDATE_ENDTOEND", CONFIG_BOOL, CONFIG_ACCEPTED, health, NULL},
    {"DISTRIBUTED_STORAGE_REQUIRES_ALL_AVAILABLE", CONFIG_BOOL, CONFIG_ACCEPTED, one_store, NULL},
    {"FEATURE_STORAGE_REPLICATION", CONFIG_BOOL, CONFIG_REFUSED,
     "there would be one copy only: replication is not built yet", "false"},
    {"STORAGE_REPLICATION_PROCESSING_SECONDS", CONFIG_INT, CONFIG_ACCEPTED, replication, NULL},
    {"FEATURE_PROXY_STORAGE", CONFIG_BOOL, CONFIG_ACCEPTED, own_blobs, "true"},
    {"CDN_SPECIFIC_NAMESPACES", CONFIG_TEXTS, CONFIG_ACCEPTED, own_blobs, NULL},
    {"FEATURE_ENABLE_STALE_MPU_CLEANUP", CONFIG_BOOL, CONFIG_ACCEPTED, "S3 is not built yet", NULL},
    {"CLEAN_BLOB_UPLOAD_FOLDER", CONFIG_BOOL, CONFIG_ACCEPTED,
     "unfinished uploads are always removed in the end", "true"},
    {"BLOBUPLOAD_DELETION_DATE_THRESHOLD", CONFIG_INT, CONFIG_USED,
     "minutes that an unfinished upload is kept", NULL},
    {"BLOBUPLOAD_CLEANUP_FREQUENCY", CONFIG_INT, CONFIG_ACCEPTED, collector, NULL},
    {"DATA_MODEL_CACHE_CONFIG", CONFIG_OBJECT, CONFIG_ACCEPTED,
     "the caches are in memory and need no settings", NULL},
    {"REDIS_CONNECTION_TIMEOUT", CONFIG_INT, CONFIG_ACCEPTED, redis, NULL},
};

static const struct config_key garbage_collection_keys[] = {
    {"FEATURE_GARBAGE_COLLECTION", CONFIG_BOOL, CONFIG_USED, "remove what nothing refers to", NULL},
    {"GARBAGE_COLLECTION_FREQUENCY", CONFIG_INT, CONFIG_USED,
     "seconds between rounds of the collector", NULL},
    {"FEATURE_NAMESPACE_GARBAGE_COLLECTION", CONFIG_BOOL, CONFIG_ACCEPTED, collector, "true"},
    {"FEATURE_REPOSITORY_GARBAGE_COLLECTION", CONFIG_BOOL, CONFIG_REFUSED,
     "deleted repositories would be collected too; switch off FEATURE_GARBAGE_COLLECTION", "true"},
    {"NAMESPACE_GC_GRACE_PERIOD_SECONDS", CONFIG_INT, CONFIG_ACCEPTED,
     "namespaces cannot be deleted yet", NULL},
    {"NAMESPACE_GC_GRACE_PERIOD_ALLOWLIST", CONFIG_TEXTS, CONFIG_ACCEPTED,
     "namespaces cannot be deleted yet", NULL},
};

const struct config_key_table config_keys_registry[] = {
    {"Addresses and TLS", addresses_and_tls_keys, ARRAY_LEN(addresses_and_tls_keys)},
    {"The registry", registry_keys, ARRAY_LEN(registry_keys)},
    {"Tags", tags_keys, ARRAY_LEN(tags_keys)},
    {"Storage and database", storage_and_database_keys, ARRAY_LEN(storage_and_database_keys)},
    {"Garbage collection", garbage_collection_keys, ARRAY_LEN(garbage_collection_keys)},
    {NULL, NULL, 0},
};
