#include "api/http/tls_trust.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>

namespace countersign::api {

namespace asio = boost::asio;
using boost::system::error_code;

error_code trust_only(asio::ssl::context& context, const std::string& host,
                      const std::filesystem::path& authorities) {
  error_code failed;
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_verify_mode(asio::ssl::verify_peer);
  context.set_verify_callback(asio::ssl::host_name_verification(host));
  if (authorities.empty()) {
    context.set_default_verify_paths(failed);
  } else {
    context.load_verify_file(authorities.string(), failed);
  }
  return failed;
}

void tell_name(SSL* connection, const std::string& host) {
  error_code is_name;
  asio::ip::make_address(host, is_name);
  if (!is_name) return;
  SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           const_cast<char*>(host.c_str()));
}

}  // namespace countersign::api
