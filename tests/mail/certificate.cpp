#include "mail/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace mail_test {
namespace {

constexpr long day = 86'400;

Key new_key() {
    return {EVP_EC_gen("P-256"), &EVP_PKEY_free};
}

void add_extension(X509* certificate, int name, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, name, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

void set_name(X509_NAME* name, const std::string& text) {
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0);
}

Certificate new_certificate(const std::string& name, EVP_PKEY* key, long from, long until) {
    static long serial = 0;
    Certificate certificate(X509_new(), &X509_free);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), until);
    X509_set_pubkey(certificate.get(), key);
    set_name(X509_get_subject_name(certificate.get()), name);
    return certificate;
}

std::string new_authority_name() {
    static int number = 0;
    return "Test authority " + std::to_string(++number);
}

void sign(X509* certificate, const X509* authority, EVP_PKEY* key) {
    X509_set_issuer_name(certificate, X509_get_subject_name(authority));
    if (X509_sign(certificate, key, EVP_sha256()) == 0) throw std::runtime_error("X509_sign");
}

}  // namespace

Identity::Identity(const std::string& host, Validity validity)
    : authority_key_(new_key()),
      key_(new_key()),
      authority_(new_certificate(new_authority_name(), authority_key_.get(), -10 * day, 10 * day)),
      certificate_(
          new_certificate(host, key_.get(), -5 * day, validity == Validity::now ? 5 * day : -day)) {
    add_extension(authority_.get(), NID_basic_constraints, "critical,CA:TRUE");
    sign(authority_.get(), authority_.get(), authority_key_.get());
    add_extension(certificate_.get(), NID_subject_alt_name, "DNS:" + host);
    sign(certificate_.get(), authority_.get(), authority_key_.get());
}

void Identity::write_authority(const std::filesystem::path& file) const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new_file(file.c_str(), "w"), &BIO_free);
    if (out == nullptr || PEM_write_bio_X509(out.get(), authority_.get()) != 1) {
        throw std::runtime_error("cannot write " + file.string());
    }
}

std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> Identity::context(int oldest, int newest) const {
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()),
                                                              &SSL_CTX_free);
    SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(context.get(), oldest);
    SSL_CTX_set_max_proto_version(context.get(), newest);
    SSL_CTX_use_certificate(context.get(), certificate_.get());
    SSL_CTX_use_PrivateKey(context.get(), key_.get());
    return context;
}

}  // namespace mail_test
