// Errors: their numbers as an enum for std::error_code, an Error with all that Node tells, and a value-or-error.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_ERROR_HPP
#define NODENET_ERROR_HPP

#include "../nodenet.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace nodenet {

/// The numbers of the C header. Those of the system compare equal to std::errc: `error.code() ==
/// std::errc::address_in_use`.
enum class Errc : int {
    ok = NET_OK,
    invalid_argument = NET_EINVAL,
    bad_handle = NET_EBADF,
    wrong_thread = NET_EWRONGTHREAD,
    busy = NET_EBUSY,
    not_found = NET_ENOENT,
    no_such_path = NET_ENOENT_PATH,
    no_memory = NET_ENOMEM,
    panic = NET_EPANIC,
    not_supported = NET_ENOTSUP,
    canceled = NET_ECANCELED,
    unknown = NET_EUNKNOWN,
    user = NET_EUSER,
    write_after_end = NET_ERR_STREAM_WRITE_AFTER_END,
    stream_destroyed = NET_ERR_STREAM_DESTROYED,
    stream_already_finished = NET_ERR_STREAM_ALREADY_FINISHED,
    server_already_listens = NET_ERR_SERVER_ALREADY_LISTEN,
    server_not_running = NET_ERR_SERVER_NOT_RUNNING,
    socket_closed = NET_ERR_SOCKET_CLOSED,
    socket_closed_before_connection = NET_ERR_SOCKET_CLOSED_BEFORE_CONNECTION,
    invalid_ip_address = NET_ERR_INVALID_IP_ADDRESS,
    invalid_address_family = NET_ERR_INVALID_ADDRESS_FAMILY,
    invalid_handle_type = NET_ERR_INVALID_HANDLE_TYPE,
    missing_arguments = NET_ERR_MISSING_ARGS,
    out_of_range = NET_ERR_OUT_OF_RANGE,
    invalid_address = NET_ERR_INVALID_ADDRESS,
    invalid_argument_value = NET_ERR_INVALID_ARG_VALUE,
    ip_blocked = NET_ERR_IP_BLOCKED,
    not_transferable = NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE,
    handle_adopted = NET_ERR_SOCKET_HANDLE_ADOPTED,
    invalid_descriptor_type = NET_ERR_INVALID_FD_TYPE,
    access_denied = NET_EACCES,
    address_in_use = NET_EADDRINUSE,
    address_not_available = NET_EADDRNOTAVAIL,
    address_family_not_supported = NET_EAFNOSUPPORT,
    connection_aborted = NET_ECONNABORTED,
    connection_refused = NET_ECONNREFUSED,
    connection_reset = NET_ECONNRESET,
    host_unreachable = NET_EHOSTUNREACH,
    too_many_files_open = NET_EMFILE,
    name_too_long = NET_ENAMETOOLONG,
    network_unreachable = NET_ENETUNREACH,
    too_many_files_open_in_system = NET_ENFILE,
    no_buffer_space = NET_ENOBUFS,
    not_connected = NET_ENOTCONN,
    not_a_socket = NET_ENOTSOCK,
    not_permitted = NET_EPERM,
    broken_pipe = NET_EPIPE,
    wrong_protocol_type = NET_EPROTOTYPE,
    timed_out = NET_ETIMEDOUT,
    not_a_directory = NET_ENOTDIR,
    try_again = NET_EAGAIN,
    io_error = NET_EIO,
    already_connected = NET_EISCONN,
    too_many_links = NET_ELOOP,
    connecting_already = NET_EALREADY,
    exists_already = NET_EEXIST,
    host_not_found = NET_ENOTFOUND,
    name_server_try_again = NET_EAI_AGAIN,
    name_server_failed = NET_EAI_FAIL,
};

/// "EADDRINUSE", and what it means.
inline std::string_view error_name(Errc code) noexcept { return net_error_name(static_cast<int>(code)); }
inline std::string_view error_text(Errc code) noexcept { return net_error_text(static_cast<int>(code)); }

namespace detail {

/// Times below 0 count as 0.
inline std::uint64_t milliseconds(std::chrono::milliseconds time) noexcept {
    return time.count() < 0 ? 0 : static_cast<std::uint64_t>(time.count());
}

class Category final : public std::error_category {
  public:
    const char *name() const noexcept override { return "nodenet"; }
    std::string message(int code) const override { return net_error_text(code); }

    std::error_condition default_error_condition(int code) const noexcept override {
        static constexpr std::pair<Errc, std::errc> same[] = {
            {Errc::invalid_argument, std::errc::invalid_argument},
            {Errc::bad_handle, std::errc::bad_file_descriptor},
            {Errc::busy, std::errc::device_or_resource_busy},
            {Errc::not_found, std::errc::no_such_file_or_directory},
            {Errc::no_memory, std::errc::not_enough_memory},
            {Errc::not_supported, std::errc::not_supported},
            {Errc::canceled, std::errc::operation_canceled},
            {Errc::access_denied, std::errc::permission_denied},
            {Errc::address_in_use, std::errc::address_in_use},
            {Errc::address_not_available, std::errc::address_not_available},
            {Errc::address_family_not_supported, std::errc::address_family_not_supported},
            {Errc::connection_aborted, std::errc::connection_aborted},
            {Errc::connection_refused, std::errc::connection_refused},
            {Errc::connection_reset, std::errc::connection_reset},
            {Errc::host_unreachable, std::errc::host_unreachable},
            {Errc::too_many_files_open, std::errc::too_many_files_open},
            {Errc::name_too_long, std::errc::filename_too_long},
            {Errc::network_unreachable, std::errc::network_unreachable},
            {Errc::too_many_files_open_in_system, std::errc::too_many_files_open_in_system},
            {Errc::no_buffer_space, std::errc::no_buffer_space},
            {Errc::not_connected, std::errc::not_connected},
            {Errc::not_a_socket, std::errc::not_a_socket},
            {Errc::not_permitted, std::errc::operation_not_permitted},
            {Errc::broken_pipe, std::errc::broken_pipe},
            {Errc::wrong_protocol_type, std::errc::wrong_protocol_type},
            {Errc::timed_out, std::errc::timed_out},
            {Errc::not_a_directory, std::errc::not_a_directory},
            {Errc::try_again, std::errc::resource_unavailable_try_again},
            {Errc::io_error, std::errc::io_error},
            {Errc::already_connected, std::errc::already_connected},
            {Errc::too_many_links, std::errc::too_many_symbolic_link_levels},
            {Errc::connecting_already, std::errc::connection_already_in_progress},
            {Errc::exists_already, std::errc::file_exists},
        };
        for (const auto &[ours, generic] : same) {
            if (static_cast<int>(ours) == code) {
                return generic;
            }
        }
        return {code, *this};
    }
};

} // namespace detail

inline const std::error_category &category() noexcept {
    static const detail::Category only;
    return only;
}
inline std::error_code make_error_code(Errc code) noexcept { return {static_cast<int>(code), category()}; }

enum class ErrorKind : std::int32_t {
    system = NET_ERROR_KIND_SYSTEM,
    lookup = NET_ERROR_KIND_LOOKUP,
    library = NET_ERROR_KIND_LIBRARY,
    aggregate = NET_ERROR_KIND_AGGREGATE,
    user = NET_ERROR_KIND_USER,
};

/// An error of the program's own, for socket.destroy and LookupRequest::fail.
struct ErrorOptions {
    std::string message{};
    /// As Node's `code`: "E_MINE".
    std::string code{};
    Errc number = Errc::ok;
    std::string syscall{};
    std::string address{};
    std::string hostname{};
    std::optional<int> port{};
    /// Comes back untouched.
    void *user = nullptr;
};

/// An error, or none: true if there is one. It owns its texts, and copies share them, so it can be kept and thrown.
class Error {
  public:
    Error() noexcept = default;
    Error(Errc code) noexcept : number_(static_cast<int>(code)) {}
    /// From what a function of C returned: 0 and above are no error.
    explicit Error(int number) noexcept : number_(number < 0 ? number : 0) {}
    /// A copy of what C handed out; NULL is no error.
    explicit Error(const net_error *error) {
        if (error) {
            number_ = error->number;
            details_ = std::make_shared<Details>(*error);
        }
    }
    explicit Error(const ErrorOptions &options) {
        net_error made = NET_ERROR_INIT;
        made.number = static_cast<int>(options.number);
        made.message = options.message.c_str();
        made.code = text_or_null(options.code);
        made.syscall = text_or_null(options.syscall);
        made.address = text_or_null(options.address);
        made.hostname = text_or_null(options.hostname);
        made.port = options.port.value_or(0);
        made.present = options.port ? NET_ERROR_HAS_PORT : 0;
        made.user = options.user;
        number_ = made.number ? made.number : NET_EUSER;
        details_ = std::make_shared<Details>(made);
    }

    explicit operator bool() const noexcept { return number_ != 0; }
    int number() const noexcept { return number_; }
    std::error_code code() const noexcept { return {number_, category()}; }
    operator std::error_code() const noexcept { return code(); }

    /// For people; of a refused call what its number means.
    std::string_view message() const noexcept {
        return details_ && details_->raw.message ? details_->raw.message : net_error_text(number_);
    }
    /// Node's `code`: "ECONNREFUSED".
    std::string_view code_name() const noexcept {
        return details_ && details_->raw.code ? details_->raw.code : net_error_name(number_);
    }
    ErrorKind kind() const noexcept {
        return details_ ? static_cast<ErrorKind>(details_->raw.kind) : ErrorKind::library;
    }
    int sys_errno() const noexcept { return details_ ? details_->raw.sys_errno : 0; }

    /// Texts that the error does not have are empty.
    std::string_view name() const noexcept { return text(&net_error::name); }
    std::string_view syscall() const noexcept { return text(&net_error::syscall); }
    std::string_view address() const noexcept { return text(&net_error::address); }
    std::string_view local_address() const noexcept { return text(&net_error::local_address); }
    std::string_view hostname() const noexcept { return text(&net_error::hostname); }
    std::string_view host() const noexcept { return text(&net_error::host); }
    std::optional<int> port() const noexcept { return number(NET_ERROR_HAS_PORT, &net_error::port); }
    std::optional<int> local_port() const noexcept { return number(NET_ERROR_HAS_LOCAL_PORT, &net_error::local_port); }

    /// Of an aggregate the error of each attempt.
    std::vector<Error> errors() const { return details_ ? details_->errors : std::vector<Error>(); }
    void *user() const noexcept { return details_ ? details_->raw.user : nullptr; }

    /// As C has it, for as long as this error lives; without details all but number, code and message is absent.
    net_error raw() const noexcept {
        if (details_) {
            return details_->raw;
        }
        net_error bare = NET_ERROR_INIT;
        bare.number = number_;
        bare.code = net_error_name(number_);
        bare.message = net_error_text(number_);
        return bare;
    }

    friend bool operator==(const Error &left, Errc right) noexcept { return left.number_ == static_cast<int>(right); }
    friend bool operator!=(const Error &left, Errc right) noexcept { return !(left == right); }

  private:
    struct Details {
        explicit Details(const net_error &from) : raw(from) {
            std::size_t next = 0;
            for (auto field :
                 {&net_error::name, &net_error::code, &net_error::message, &net_error::syscall, &net_error::address,
                  &net_error::local_address, &net_error::hostname, &net_error::host}) {
                if (from.*field) {
                    texts[next] = from.*field;
                    raw.*field = texts[next++].c_str();
                }
            }
            for (std::size_t i = 0; i < from.error_count; i++) {
                errors.emplace_back(from.errors[i]);
                raw_errors.push_back(&errors.back().details_->raw);
            }
            raw.size = sizeof raw;
            raw.errors = raw_errors.empty() ? nullptr : raw_errors.data();
        }
        Details(const Details &) = delete;
        Details &operator=(const Details &) = delete;

        net_error raw;
        std::array<std::string, 8> texts;
        std::vector<Error> errors;
        std::vector<const net_error *> raw_errors;
    };

    static const char *text_or_null(const std::string &text) noexcept { return text.empty() ? nullptr : text.c_str(); }
    std::string_view text(const char *net_error::*field) const noexcept {
        return details_ && details_->raw.*field ? std::string_view(details_->raw.*field) : std::string_view();
    }
    std::optional<int> number(std::uint32_t bit, std::int32_t net_error::*field) const noexcept {
        return details_ && (details_->raw.present & bit) ? std::optional<int>(details_->raw.*field) : std::nullopt;
    }

    int number_ = 0;
    std::shared_ptr<const Details> details_;
};

/// What Result::value throws: a std::system_error that carries the whole error.
class Exception : public std::system_error {
  public:
    explicit Exception(Error error) : std::system_error(error), error_(std::move(error)) {}
    const Error &error() const noexcept { return error_; }
    /// The error's message, which is that of a text of C.
    const char *what() const noexcept override { return error_.message().data(); }

  private:
    Error error_;
};

/// A value, or the error that is there instead. True if there is a value.
template <class T> class [[nodiscard]] Result {
  public:
    Result(T value) : value_(std::move(value)) {}
    Result(Error error) noexcept : error_(std::move(error)) {}
    Result(Errc code) noexcept : error_(code) {}

    bool has_value() const noexcept { return value_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }
    /// None if there is a value.
    const Error &error() const noexcept { return error_; }

    /// Only if there is a value.
    T &operator*() &noexcept { return *value_; }
    const T &operator*() const &noexcept { return *value_; }
    T &&operator*() &&noexcept { return *std::move(value_); }
    T *operator->() noexcept { return &*value_; }
    const T *operator->() const noexcept { return &*value_; }

    /// Throws Exception if there is none.
    T &value() & { return require(), *value_; }
    const T &value() const & { return require(), *value_; }
    T &&value() && { return require(), *std::move(value_); }
    template <class Other> T value_or(Other &&other) const & {
        return value_ ? *value_ : static_cast<T>(std::forward<Other>(other));
    }

  private:
    void require() const {
        if (!value_) {
#if defined(__cpp_exceptions)
            throw Exception(error_);
#else
            std::terminate();
#endif
        }
    }

    std::optional<T> value_;
    Error error_;
};

} // namespace nodenet

template <> struct std::is_error_code_enum<nodenet::Errc> : std::true_type {};

#endif
