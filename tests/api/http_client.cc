#include "tests/api/http_client.h"

#include <array>
#include <cctype>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace countersign::api {

HttpClient::HttpClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connect(&address, sizeof address);
}

HttpClient::HttpClient(const std::filesystem::path& unix_socket)
    : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  unix_socket.string().copy(address.sun_path, sizeof address.sun_path - 1);
  connect(&address, sizeof address);
}

void HttpClient::connect(const void* address, std::size_t size) {
  const timeval limit{5, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  const auto* where = static_cast<const sockaddr*>(address);
  if (::connect(socket_, where, static_cast<socklen_t>(size)) != 0) {
    throw std::runtime_error("cannot connect");
  }
}

HttpClient::~HttpClient() { ::close(socket_); }

void HttpClient::send(const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;  // the server closed; what it said before can still be read
    sent += static_cast<std::size_t>(count);
  }
}

bool HttpClient::fill() {
  std::array<char, 65536> bytes;
  const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

bool HttpClient::closed() {
  char byte = 0;
  return ::recv(socket_, &byte, 1, MSG_PEEK) == 0;
}

bool HttpClient::begins() {
  char byte = 0;
  return !buffer_.empty() || ::recv(socket_, &byte, 1, MSG_PEEK) == 1;
}

std::optional<Answer> HttpClient::read(bool bodiless) {
  const auto until = [this](const std::string& mark) -> std::optional<std::string> {
    std::size_t at = 0;
    while ((at = buffer_.find(mark)) == std::string::npos) {
      if (!fill()) return std::nullopt;
    }
    std::string part = buffer_.substr(0, at);
    buffer_.erase(0, at + mark.size());
    return part;
  };
  const auto exactly = [this](std::size_t count) -> std::optional<std::string> {
    while (buffer_.size() < count) {
      if (!fill()) return std::nullopt;
    }
    std::string part = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return part;
  };

  const auto head = until("\r\n\r\n");
  if (!head) return std::nullopt;
  Answer answer;
  answer.status = std::stoi(head->substr(9, 3));
  std::size_t at = head->find("\r\n");
  while (at != std::string::npos) {
    at += 2;
    const std::size_t end = head->find("\r\n", at);
    const std::string line = head->substr(at, end - at);
    std::string name = line.substr(0, line.find(':'));
    for (char& c : name) c = static_cast<char>(std::tolower(c));
    answer.headers[name] = line.substr(line.find(": ") + 2);
    at = end;
  }
  if (bodiless || answer.status == 100 || answer.status == 204) return answer;
  if (answer.headers["transfer-encoding"] == "chunked") {
    while (true) {
      const auto size = until("\r\n");
      if (!size) return std::nullopt;
      const auto part = exactly(std::stoul(*size, nullptr, 16));
      if (!part || !until("\r\n")) return std::nullopt;
      if (part->empty()) return answer;
      answer.body += *part;
      ++answer.chunks;
    }
  }
  if (!answer.headers.contains("content-length")) {
    while (fill()) {
    }
    answer.body = std::exchange(buffer_, {});
    return answer;
  }
  auto body = exactly(std::stoul(answer.headers["content-length"]));
  if (!body) return std::nullopt;
  answer.body = std::move(*body);
  return answer;
}

std::optional<Answer> HttpClient::request(const std::string& method, const std::string& target,
                                          const std::string& headers, const std::string& body) {
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: test\r\n" + headers;
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  send(text + "\r\n" + body);
  return read(method == "HEAD");
}

}  // namespace countersign::api
