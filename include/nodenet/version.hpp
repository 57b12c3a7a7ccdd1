// The version of the library, and what belongs to no handle.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_VERSION_HPP
#define NODENET_VERSION_HPP

#include "error.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace nodenet {

/// The version of the library that is running, NET_VERSION being that of the header.
inline std::string_view version() noexcept { return net_version(); }
inline std::uint32_t version_number() noexcept { return net_version_number(); }

/// 4, 6, or 0 for what is no IP address.
inline int is_ip(std::string_view text) noexcept { return text.data() ? net_is_ip(text.data(), text.size()) : 0; }
inline bool is_ipv4(std::string_view text) noexcept {
    return text.data() && net_is_ipv4(text.data(), text.size()) == 1;
}
inline bool is_ipv6(std::string_view text) noexcept {
    return text.data() && net_is_ipv6(text.data(), text.size()) == 1;
}

inline bool default_auto_select_family() noexcept { return net_get_default_auto_select_family() == 1; }
inline Error set_default_auto_select_family(bool enable) noexcept {
    return Error(net_set_default_auto_select_family(enable));
}
inline std::chrono::milliseconds default_auto_select_family_attempt_timeout() noexcept {
    return std::chrono::milliseconds(net_get_default_auto_select_family_attempt_timeout());
}
inline Error set_default_auto_select_family_attempt_timeout(std::chrono::milliseconds time) noexcept {
    return Error(net_set_default_auto_select_family_attempt_timeout(detail::milliseconds(time)));
}

} // namespace nodenet

#endif
