// Certificates for a relay on this machine, made on the spot.
#pragma once

#include <openssl/ssl.h>

#include <filesystem>
#include <memory>
#include <string>

namespace mail_test {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

// An authority and one certificate that it signed.
class Identity {
  public:
    enum class Validity { now, ended_yesterday };

    explicit Identity(const std::string& host = "localhost", Validity validity = Validity::now);

    void write_authority(const std::filesystem::path& file) const;  // PEM
    // A context for a server that speaks no newer and no older TLS than given (TLS1_2_VERSION …).
    [[nodiscard]] std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(int oldest,
                                                                            int newest) const;

  private:
    Key authority_key_;
    Key key_;
    Certificate authority_;
    Certificate certificate_;
};

}  // namespace mail_test
