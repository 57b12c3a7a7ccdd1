// One address: of an interface, a peer, a local socket.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_ADDRESS_HPP
#define NODENET_ADDRESS_HPP

#include "../nodenet.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace nodenet {

enum class Family : std::int32_t {
    none = NET_FAMILY_NONE,
    local = NET_FAMILY_LOCAL,
    ipv4 = NET_FAMILY_IPV4,
    ipv6 = NET_FAMILY_IPV6,
};

class Address {
  public:
    Address() noexcept = default;
    explicit Address(const net_address &raw) noexcept : raw_(raw) {}

    /// From the text of an IP address; its family is Family::none if the text is none, or too long.
    explicit Address(std::string_view ip, std::uint16_t port = 0) noexcept {
        raw_.port = port;
        if (ip.data() && ip.size() < sizeof raw_.address) {
            raw_.family = net_is_ip(ip.data(), ip.size());
            raw_.address_len = ip.size();
            std::memcpy(raw_.address, ip.data(), ip.size());
        }
    }

    Family family() const noexcept { return static_cast<Family>(raw_.family); }
    std::uint16_t port() const noexcept { return raw_.port; }
    /// The IP address, or the path of a local socket (which begins with NUL in an abstract name).
    std::string_view text() const noexcept { return {raw_.address, raw_.address_len}; }
    /// "127.0.0.1:80", "[::1]:80", or the path.
    std::string to_string() const {
        std::string all(text());
        if (family() == Family::ipv6) {
            all = "[" + all + "]";
        }
        return family() == Family::local ? all : all + ":" + std::to_string(port());
    }
    const net_address &raw() const noexcept { return raw_; }

    friend bool operator==(const Address &left, const Address &right) noexcept {
        return left.raw_.family == right.raw_.family && left.port() == right.port() && left.text() == right.text();
    }
    friend bool operator!=(const Address &left, const Address &right) noexcept { return !(left == right); }

  private:
    net_address raw_ = NET_ADDRESS_INIT;
};

} // namespace nodenet

#endif
