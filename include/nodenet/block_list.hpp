// Node's net.BlockList and net.SocketAddress.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_BLOCK_LIST_HPP
#define NODENET_BLOCK_LIST_HPP

#include "address.hpp"
#include "handle.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodenet {

/// What BlockList and BlockListRef can do, from any thread. Family::none is that of the text.
class BlockListBase : public Handle<net_block_list> {
  public:
    Error add_address(std::string_view address, Family family = Family::none) const noexcept {
        return Error(net_block_list_add_address(native_, address.data(), address.size(), number(family)));
    }
    Error add_addresses(const std::vector<std::string> &addresses, Family family = Family::none) const {
        const auto texts = pointers(addresses);
        return Error(net_block_list_add_addresses(native_, texts.data(), texts.size(), number(family)));
    }
    Error add_range(std::string_view start, std::string_view end, Family family = Family::none) const noexcept {
        return Error(
            net_block_list_add_range(native_, start.data(), start.size(), end.data(), end.size(), number(family)));
    }
    Error add_subnet(std::string_view network, int prefix, Family family = Family::none) const noexcept {
        return Error(net_block_list_add_subnet(native_, network.data(), network.size(), prefix, number(family)));
    }
    Error add_cidr(std::string_view cidr) const noexcept {
        return Error(net_block_list_add_cidr(native_, cidr.data(), cidr.size()));
    }
    Error add_cidrs(const std::vector<std::string> &cidrs) const {
        const auto texts = pointers(cidrs);
        return Error(net_block_list_add_cidrs(native_, texts.data(), texts.size()));
    }
    /// Rules as rules() gives them.
    Error add_rules(const std::vector<std::string> &rules) const {
        const auto texts = pointers(rules);
        return Error(net_block_list_add_rules(native_, texts.data(), texts.size()));
    }

    /// Whether there was such a rule.
    Result<bool> remove_address(std::string_view address, Family family = Family::none) const noexcept {
        return yes_or_no(net_block_list_remove_address(native_, address.data(), address.size(), number(family)));
    }
    Result<bool> remove_range(std::string_view start, std::string_view end,
                              Family family = Family::none) const noexcept {
        return yes_or_no(
            net_block_list_remove_range(native_, start.data(), start.size(), end.data(), end.size(), number(family)));
    }
    Result<bool> remove_subnet(std::string_view network, int prefix, Family family = Family::none) const noexcept {
        return yes_or_no(net_block_list_remove_subnet(native_, network.data(), network.size(), prefix, number(family)));
    }
    Result<bool> remove_cidr(std::string_view cidr) const noexcept {
        return yes_or_no(net_block_list_remove_cidr(native_, cidr.data(), cidr.size()));
    }
    Error clear() const noexcept { return Error(net_block_list_clear(native_)); }

    bool check(std::string_view address, Family family = Family::none) const noexcept {
        return net_block_list_check(native_, address.data(), address.size(), number(family)) == 1;
    }
    std::size_t size() const noexcept {
        std::size_t size = 0;
        return net_block_list_size(native_, &size) < 0 ? 0 : size;
    }
    std::vector<std::string> rules() const {
        std::vector<std::string> all;
        const std::string text = text_by(net_block_list_rules);
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = text.find('\n', begin);
            all.push_back(text.substr(begin, end - begin));
            begin = end == std::string::npos ? text.size() : end + 1;
        }
        return all;
    }
    std::string to_json() const { return text_by(net_block_list_to_json); }
    Error from_json(std::string_view json) const noexcept {
        return Error(net_block_list_from_json(native_, json.data(), json.size()));
    }

    /// Private, loopback, link-local and unique local networks, for add_cidrs.
    static std::vector<std::string> private_ranges() {
        std::vector<std::string> all;
        while (const char *cidr = net_block_list_private_range(all.size())) {
            all.emplace_back(cidr);
        }
        return all;
    }

  protected:
    using Handle::Handle;

  private:
    static int number(Family family) noexcept { return static_cast<int>(family); }
    static Result<bool> yes_or_no(int answer) noexcept {
        return answer < 0 ? Result<bool>(Error(answer)) : Result<bool>(answer == 1);
    }
    static std::vector<const char *> pointers(const std::vector<std::string> &texts) {
        std::vector<const char *> all;
        all.reserve(texts.size());
        for (const std::string &text : texts) {
            all.push_back(text.c_str());
        }
        return all;
    }
    /// Another thread may add rules between the two calls.
    std::string text_by(int (*get)(const net_block_list *, char *, std::size_t, std::size_t *)) const {
        std::string text;
        std::size_t length = 0;
        while (get(native_, text.data(), text.size(), &length) == NET_ENOBUFS) {
            text.resize(length + 1);
        }
        text.resize(length);
        return text;
    }
};

/// The name of a block list.
class BlockListRef final : public BlockListBase {
  public:
    explicit BlockListRef(net_block_list *native = nullptr) noexcept : BlockListBase(native) {}
    BlockListRef(const BlockListBase &list) noexcept : BlockListBase(list) {}
};

/// A block list. Servers and sockets that were made with it keep its rules when this ends.
class BlockList final : public detail::Owned<BlockListBase, net_block_list_free> {
  public:
    BlockList() noexcept : Owned(net_block_list_new()) {}
    using Owned::Owned;
};

/// An IP address in canonical form with port and flow label.
class SocketAddress {
  public:
    static Result<SocketAddress> make(std::string_view address, std::uint16_t port = 0, std::uint32_t flowlabel = 0,
                                      Family family = Family::none) noexcept {
        SocketAddress made;
        const int status =
            net_sockaddr_make(static_cast<int>(family), address.data(), address.size(), port, flowlabel, &made.raw_);
        return status < 0 ? Result<SocketAddress>(Error(status)) : Result<SocketAddress>(made);
    }
    /// "10.0.0.1:80", "[::1]:80", as a URL would be read.
    static std::optional<SocketAddress> parse(std::string_view text) noexcept {
        SocketAddress made;
        return net_sockaddr_parse(text.data(), text.size(), &made.raw_) == 1 ? std::optional<SocketAddress>(made)
                                                                             : std::nullopt;
    }

    Family family() const noexcept { return static_cast<Family>(raw_.family); }
    std::string_view address() const noexcept { return raw_.address; }
    std::uint16_t port() const noexcept { return raw_.port; }
    std::uint32_t flowlabel() const noexcept { return raw_.flowlabel; }

  private:
    SocketAddress() noexcept = default;
    net_sockaddr raw_ = NET_SOCKADDR_INIT;
};

} // namespace nodenet

#endif
