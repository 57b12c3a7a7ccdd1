// Bytes that somebody else owns.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_BYTES_HPP
#define NODENET_BYTES_HPP

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <utility>

namespace nodenet {

/// A view of bytes, as std::span<const std::uint8_t> would be. Made from texts (a literal without its NUL) and from all
/// that has data() and size() with elements of one byte: std::vector, std::array, std::string, std::span.
class Bytes {
  public:
    constexpr Bytes() noexcept = default;
    Bytes(const void *data, std::size_t size) noexcept : data_(static_cast<const std::uint8_t *>(data)), size_(size) {}

    template <class Text, std::enable_if_t<std::is_convertible_v<const Text &, std::string_view>, int> = 0>
    Bytes(const Text &text) noexcept : Bytes(std::string_view(text).data(), std::string_view(text).size()) {}

    template <class Container, class Data = decltype(std::data(std::declval<const Container &>())),
              class = std::enable_if_t<sizeof(*std::declval<Data>()) == 1 &&
                                       !std::is_convertible_v<const Container &, std::string_view>>>
    Bytes(const Container &bytes) noexcept : Bytes(std::data(bytes), std::size(bytes)) {}

    const std::uint8_t *data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    const std::uint8_t *begin() const noexcept { return data_; }
    const std::uint8_t *end() const noexcept { return data_ + size_; }
    std::uint8_t operator[](std::size_t index) const noexcept { return data_[index]; }

    /// The same bytes as a text.
    std::string_view text() const noexcept { return {reinterpret_cast<const char *>(data_), size_}; }

    /// The bytes from `offset` on, at most `count`; none if `offset` is beyond the end.
    Bytes subview(std::size_t offset, std::size_t count = SIZE_MAX) const noexcept {
        offset = offset < size_ ? offset : size_;
        return {data_ + offset, count < size_ - offset ? count : size_ - offset};
    }

  private:
    const std::uint8_t *data_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace nodenet

#endif
