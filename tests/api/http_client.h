// A deliberately simple HTTP client over a blocking socket: what it sends is exactly what the test
// wrote, well-formed or not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace countersign::api {

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // chunks joined
  int chunks = 0;
};

class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port);
  explicit HttpClient(const std::filesystem::path& unix_socket);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void send(const std::string& bytes);
  // The next answer; nullopt when the connection ends or five seconds pass before it is complete.
  // `bodiless`: it answers a HEAD.
  std::optional<Answer> read(bool bodiless = false);
  // Whether an answer begins to arrive, waiting for it up to five seconds.
  bool begins();
  // Whether the server has closed, waiting for it up to five seconds.
  bool closed();

  // One request with these header lines and this body on this connection.
  std::optional<Answer> request(const std::string& method, const std::string& target,
                                const std::string& headers = {}, const std::string& body = {});

 private:
  void connect(const void* address, std::size_t size);
  bool fill();  // false: nothing more comes

  int socket_ = -1;
  std::string buffer_;
};

}  // namespace countersign::api
