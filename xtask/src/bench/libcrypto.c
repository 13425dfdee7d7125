/* The peer of `crypto_driver small`: the same messages made and read with libcrypto's CMS.
 * Prints `case microseconds octets` lines. */
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/ts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static X509 *root, *signer, *reader;
static EVP_PKEY *signing_key, *reading_key;
static X509_CRL *list;

static void must(int held, const char *what)
{
    if (held)
        return;
    fprintf(stderr, "%s failed\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static BIO *file(const char *name)
{
    BIO *bio = BIO_new_file(name, "rb");
    must(bio != NULL, name);
    return bio;
}

static void read_keys(void)
{
    root = PEM_read_bio_X509(file("root.pem"), NULL, NULL, NULL);
    signer = PEM_read_bio_X509(file("signer.pem"), NULL, NULL, NULL);
    reader = PEM_read_bio_X509(file("reader.pem"), NULL, NULL, NULL);
    signing_key = PEM_read_bio_PrivateKey(file("signer.key.pem"), NULL, NULL, NULL);
    reading_key = PEM_read_bio_PrivateKey(file("reader.key.pem"), NULL, NULL, NULL);
    list = d2i_X509_CRL_bio(file("root.crl"), NULL);
    must(root && signer && reader && signing_key && reading_key && list, "reading the keys");
}

static unsigned char *seal(const unsigned char *content, int octets, int recipients, int *length)
{
    BIO *in = BIO_new_mem_buf(content, octets);
    CMS_ContentInfo *inner = CMS_sign(NULL, NULL, NULL, in, CMS_PARTIAL | CMS_BINARY);
    must(inner && CMS_add1_signer(inner, signer, signing_key, EVP_sha256(), CMS_CADES | CMS_BINARY) != NULL
             && CMS_add1_crl(inner, list) && CMS_final(inner, in, NULL, CMS_BINARY), "signing");
    unsigned char *der = NULL;
    int der_length = i2d_CMS_ContentInfo(inner, &der);
    BIO *plain = BIO_new_mem_buf(der, der_length);
    CMS_ContentInfo *outer = CMS_encrypt(NULL, plain, EVP_aes_256_gcm(), CMS_PARTIAL | CMS_BINARY);
    must(outer != NULL, "encrypting");
    for (int i = 0; i < recipients; i++) {
        CMS_RecipientInfo *info = CMS_add1_recipient_cert(outer, reader, CMS_KEY_PARAM);
        EVP_PKEY_CTX *agreement = info ? CMS_RecipientInfo_get0_pkey_ctx(info) : NULL;
        must(agreement && EVP_PKEY_CTX_set_ecdh_kdf_md(agreement, EVP_sha256()) > 0
                 && EVP_EncryptInit_ex(CMS_RecipientInfo_kari_get0_ctx(info), EVP_aes_256_wrap(), NULL,
                                       NULL, NULL) > 0, "adding a recipient");
    }
    must(CMS_final(outer, plain, NULL, CMS_BINARY), "encrypting");
    unsigned char *message = NULL;
    *length = i2d_CMS_ContentInfo(outer, &message);
    BIO_free(in);
    BIO_free(plain);
    OPENSSL_free(der);
    CMS_ContentInfo_free(inner);
    CMS_ContentInfo_free(outer);
    return message;
}

static void open_(const unsigned char *message, int length)
{
    const unsigned char *at = message;
    CMS_ContentInfo *outer = d2i_CMS_ContentInfo(NULL, &at, length);
    BIO *plain = BIO_new(BIO_s_mem());
    must(outer && CMS_decrypt(outer, reading_key, reader, NULL, plain, CMS_BINARY), "decrypting");
    CMS_ContentInfo *inner = d2i_CMS_bio(plain, NULL);
    BIO *content = BIO_new(BIO_s_mem());
    X509_STORE *store = X509_STORE_new();
    X509_STORE_add_cert(store, root);
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
    X509_STORE_set_purpose(store, X509_PURPOSE_ANY);
    must(inner && CMS_verify(inner, NULL, store, NULL, content, CMS_BINARY | CMS_CADES), "verifying");
    X509_STORE_free(store);
    BIO_free(plain);
    BIO_free(content);
    CMS_ContentInfo_free(outer);
    CMS_ContentInfo_free(inner);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

/* How long each case is repeated, as in the driver. */
static const double PATIENCE = 0.7;

static void time_case(const char *sealing, const char *opening, int octets, int recipients)
{
    unsigned char *content = malloc(octets);
    memset(content, 0x5a, octets);
    int length, times = 0;
    unsigned char *message = seal(content, octets, recipients, &length);
    double began = seconds();
    do {
        int other;
        OPENSSL_free(seal(content, octets, recipients, &other));
        times++;
    } while (seconds() - began < PATIENCE);
    printf("%s %.1f %d\n", sealing, (seconds() - began) * 1e6 / times, length);
    times = 0;
    began = seconds();
    do {
        open_(message, length);
        times++;
    } while (seconds() - began < PATIENCE);
    printf("%s %.1f %d\n", opening, (seconds() - began) * 1e6 / times, length);
    OPENSSL_free(message);
    free(content);
}

static ASN1_INTEGER *next_serial(TS_RESP_CTX *context, void *unused)
{
    static long serial = 0;
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    (void)context, (void)unused;
    must(number && ASN1_INTEGER_set(number, ++serial), "numbering");
    return number;
}

static TS_REQ *stamp_request(void)
{
    static const unsigned char stamped[] = "what is stamped";
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(stamped, sizeof stamped - 1, digest);
    TS_REQ *request = TS_REQ_new();
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algorithm = X509_ALGOR_new();
    ASN1_INTEGER *nonce = ASN1_INTEGER_new();
    X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL);
    must(request && TS_REQ_set_version(request, 1) && TS_MSG_IMPRINT_set_algo(imprint, algorithm)
             && TS_MSG_IMPRINT_set_msg(imprint, digest, sizeof digest)
             && TS_REQ_set_msg_imprint(request, imprint) && ASN1_INTEGER_set(nonce, 7)
             && TS_REQ_set_nonce(request, nonce) && TS_REQ_set_cert_req(request, 1), "requesting");
    return request;
}

static TS_RESP *stamp(TS_RESP_CTX *authority, const unsigned char *der, int octets)
{
    BIO *in = BIO_new_mem_buf(der, octets);
    TS_RESP *response = TS_RESP_create_response(authority, in);
    must(response && TS_RESP_get_tst_info(response), "stamping");
    BIO_free(in);
    return response;
}

static void verify_stamp(TS_REQ *request, const unsigned char *der, int octets)
{
    TS_RESP *response = d2i_TS_RESP(NULL, &der, octets);
    TS_VERIFY_CTX *context = TS_REQ_to_TS_VERIFY_CTX(request, NULL);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_add_cert(store, root);
    X509_STORE_add_crl(store, list);
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
    TS_VERIFY_CTX_add_flags(context, TS_VFY_SIGNATURE);
    TS_VERIFY_CTX_set_store(context, store);
    must(response && TS_RESP_verify_response(context, response), "verifying a time-stamp");
    TS_VERIFY_CTX_free(context);
    TS_RESP_free(response);
}

static void time_stamps(void)
{
    X509 *certificate = PEM_read_bio_X509(file("tsa.pem"), NULL, NULL, NULL);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(file("tsa.key.pem"), NULL, NULL, NULL);
    TS_RESP_CTX *authority = TS_RESP_CTX_new();
    must(authority && TS_RESP_CTX_set_signer_cert(authority, certificate)
             && TS_RESP_CTX_set_signer_key(authority, key)
             && TS_RESP_CTX_set_signer_digest(authority, EVP_sha256())
             && TS_RESP_CTX_set_ess_cert_id_digest(authority, EVP_sha256())
             && TS_RESP_CTX_add_md(authority, EVP_sha256())
             && TS_RESP_CTX_set_def_policy(authority, OBJ_txt2obj("2.25.1397048400.3", 1)),
         "setting up the authority");
    TS_RESP_CTX_set_serial_cb(authority, next_serial, NULL);
    TS_REQ *request = stamp_request();
    unsigned char *asked = NULL, *reply = NULL;
    int octets = i2d_TS_REQ(request, &asked), length, times = 0;
    TS_RESP *response = stamp(authority, asked, octets);
    length = i2d_TS_RESP(response, &reply);
    double began = seconds();
    do {
        unsigned char *der = NULL;
        TS_RESP *again = stamp(authority, asked, octets);
        i2d_TS_RESP(again, &der);
        OPENSSL_free(der);
        TS_RESP_free(again);
        times++;
    } while (seconds() - began < PATIENCE);
    printf("stamp %.1f %d\n", (seconds() - began) * 1e6 / times, length);
    times = 0;
    began = seconds();
    do {
        verify_stamp(request, reply, length);
        times++;
    } while (seconds() - began < PATIENCE);
    printf("verify-stamp %.1f %d\n", (seconds() - began) * 1e6 / times, length);
}

int main(void)
{
    static const int sizes[] = {1024, 10240, 65536}, numbers[] = {1, 10, 100, 1000};
    char sealing[32], opening[32];
    read_keys();
    for (int i = 0; i < 3; i++) {
        snprintf(sealing, sizeof sealing, "seal-%d", sizes[i]);
        snprintf(opening, sizeof opening, "open-%d", sizes[i]);
        time_case(sealing, opening, sizes[i], 1);
    }
    for (int i = 0; i < 4; i++) {
        snprintf(sealing, sizeof sealing, "recipients-%d", numbers[i]);
        snprintf(opening, sizeof opening, "reader-of-%d", numbers[i]);
        time_case(sealing, opening, 1024, numbers[i]);
    }
    time_stamps();
    return 0;
}
