// Lookups of the program's own, in place of the system's.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_LOOKUP_HPP
#define NODENET_LOOKUP_HPP

#include "address.hpp"
#include "callback.hpp"

#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

namespace nodenet {

/// Bits of `hints`.
inline constexpr int hint_addrconfig = NET_HINT_ADDRCONFIG;
inline constexpr int hint_v4mapped = NET_HINT_V4MAPPED;
inline constexpr int hint_all = NET_HINT_ALL;

/// What is asked for. `host` lives until the lookup returns.
struct LookupQuestion {
    std::string_view host{};
    /// 0 (any), 4 or 6.
    int family = 0;
    /// hint_... bits.
    int hints = 0;
    /// Whether every address is wanted; otherwise the first one of the answer is used.
    bool all = false;
};

/// One question that waits for its answer: inside the lookup, later, from any thread. It can be copied; the first
/// answer counts, and one that nobody waits for any more is refused.
class LookupRequest {
  public:
    explicit LookupRequest(net_lookup *native) noexcept : native_(native) {}

    Error answer(const std::vector<Address> &addresses) const {
        std::vector<net_address> raw;
        raw.reserve(addresses.size());
        for (const Address &address : addresses) {
            raw.push_back(address.raw());
        }
        return Error(net_lookup_answer(native_, raw.data(), raw.size()));
    }
    Error answer(const Address &address) const { return Error(net_lookup_answer(native_, &address.raw(), 1)); }
    Error fail(const Error &error) const {
        const net_error raw = error.raw();
        return Error(net_lookup_fail(native_, &raw));
    }
    net_lookup *native() const noexcept { return native_; }

  private:
    net_lookup *native_;
};

/// Any callable that takes a LookupRequest and a LookupQuestion. Copies share it.
class Lookup {
  public:
    Lookup() noexcept = default;
    template <class F, class = std::enable_if_t<std::is_invocable_v<F &, LookupRequest, const LookupQuestion &>>>
    Lookup(F &&func) : asked_(std::make_shared<Func<std::decay_t<F>>>(std::forward<F>(func))) {}

    explicit operator bool() const noexcept { return asked_ != nullptr; }

    /// The user pointer for one connect, the net_lookup_fn and the net_drop_fn.
    void *for_c() const { return new std::shared_ptr<Base>(asked_); }
    static void call(net_lookup *request, const char *host, std::int32_t family, std::int32_t hints, int all,
                     void *user) noexcept {
        // Kept alive by itself: the answer may end the connect that holds it.
        std::shared_ptr<Base> asked = *static_cast<std::shared_ptr<Base> *>(user);
        detail::at_the_border([&] { asked->ask(LookupRequest(request), {host, family, hints, all == 1}); });
    }
    static void drop(void *user) noexcept { delete static_cast<std::shared_ptr<Base> *>(user); }

  private:
    struct Base {
        virtual ~Base() = default;
        virtual void ask(LookupRequest request, const LookupQuestion &question) = 0;
    };
    template <class F> struct Func final : Base {
        template <class From> explicit Func(From &&from) : func(std::forward<From>(from)) {}
        void ask(LookupRequest request, const LookupQuestion &question) override {
            std::invoke(func, request, question);
        }
        F func;
    };

    std::shared_ptr<Base> asked_;
};

} // namespace nodenet

#endif
