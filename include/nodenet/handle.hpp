// What all handles have in common: a name, or a name with an owner.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_HANDLE_HPP
#define NODENET_HANDLE_HPP

#include "callback.hpp"

#include <type_traits>
#include <utility>

namespace nodenet {

/// The name of something in the library. It may be NULL, or dead: calls are refused then.
template <class Native> class Handle {
  public:
    /// For functions of nodenet.h.
    Native *native() const noexcept { return native_; }
    /// Whether it is not NULL; what it names may be gone all the same.
    explicit operator bool() const noexcept { return native_ != nullptr; }

    friend bool operator==(const Handle &left, const Handle &right) noexcept { return left.native_ == right.native_; }
    friend bool operator!=(const Handle &left, const Handle &right) noexcept { return !(left == right); }

  protected:
    explicit Handle(Native *native) noexcept : native_(native) {}
    ~Handle() = default;
    Handle(const Handle &) noexcept = default;
    Handle &operator=(const Handle &) noexcept = default;

    Native *native_;
};

namespace detail {

/// The owning form of Base, which has everything that can be done with the handle.
template <class Base, auto Free> class Owned : public Base {
  public:
    using Native = std::remove_pointer_t<decltype(std::declval<const Base &>().native())>;

    Owned() noexcept : Base(nullptr) {}
    /// Takes over what is the caller's to free.
    explicit Owned(Native *native) noexcept : Base(native) {}
    Owned(Owned &&other) noexcept : Base(other.release()) {}
    Owned &operator=(Owned &&other) noexcept {
        if (this != &other) {
            reset(other.release());
        }
        return *this;
    }
    ~Owned() { reset(); }

    /// Frees what it names, if anything, and takes over another.
    void reset(Native *native = nullptr) noexcept {
        if (Native *old = std::exchange(this->native_, native)) {
            Free(old);
        }
    }
    /// Lets go without freeing.
    Native *release() noexcept { return std::exchange(this->native_, nullptr); }
};

/// A value in the data slot of a handle, with the type it was put there as.
class Slot {
  public:
    virtual ~Slot() = default;
    static void drop(void *user) noexcept { delete static_cast<Slot *>(user); }
    template <class T> T *get() noexcept;

  protected:
    explicit Slot(const void *type) noexcept : type_(type) {}

  private:
    const void *type_;
};

template <class T> class SlotOf final : public Slot {
  public:
    static inline char type = 0;
    template <class From> explicit SlotOf(From &&from) : Slot(&type), value(std::forward<From>(from)) {}
    T value;
};

template <class T> T *Slot::get() noexcept {
    return type_ == &SlotOf<T>::type ? &static_cast<SlotOf<T> *>(this)->value : nullptr;
}

/// Tells the two pointers of a getter apart: a value and whether it is there.
template <class T, class Raw, class Native>
std::optional<T> present(int (*get)(Native *, Raw *), Native *handle) noexcept {
    Raw value{};
    return get(handle, &value) == 1 ? std::optional<T>(static_cast<T>(value)) : std::nullopt;
}

/// The value of a getter that has one always; `otherwise` for a dead handle.
template <class T, class Raw, class Native>
T value_of(int (*get)(Native *, Raw *), Native *handle, T otherwise) noexcept {
    Raw value{};
    return get(handle, &value) < 0 ? otherwise : static_cast<T>(value);
}

} // namespace detail
} // namespace nodenet

#endif
