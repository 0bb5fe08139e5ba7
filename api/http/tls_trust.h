// TLS trust: how this side of a connection makes sure that the other one is who it asked for.
//
// Thread safety: from any thread, each context and each connection from one at a time.
#pragma once

#include <filesystem>
#include <string>

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>

namespace countersign::api {

// From TLS 1.2 on, and only with one whose certificate shows `host`, a name or an address, vouched
// for by `authorities`, a PEM file; empty: by whom this machine trusts. The error is of that file.
boost::system::error_code trust_only(boost::asio::ssl::context& context, const std::string& host,
                                     const std::filesystem::path& authorities);

// Before the handshake: tells the other side which of its names is asked for. An address is not
// told (RFC 6066, section 3). `connection`: not null.
void tell_name(SSL* connection, const std::string& host);

}  // namespace countersign::api
