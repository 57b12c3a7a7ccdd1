// nodenet for C++17: the library of nodenet.h with RAII, lambdas and views. Header-only; link nodenet::nodenet.
// SPDX-License-Identifier: MIT OR Apache-2.0
//
//     #include <nodenet.hpp>
//
//     int main() {
//         nodenet::Loop loop;
//         nodenet::Server server(loop);
//         server.on_connection([](nodenet::SocketRef socket) {
//             socket.on_data([socket](nodenet::Bytes data) { socket.write(data); });
//             socket.on_error([](const nodenet::Error &error) { std::cerr << error.message() << '\n'; });
//         });
//         if (nodenet::Error refused = server.listen(7000))
//             return 1;
//         return loop.run() ? 1 : 0;
//     }
//
// What a function does is said in nodenet.h, at the function of the same name: socket.write is net_socket_write. Said
// here is only what C++ adds.
//
// Handles
//   Loop, Server, Socket and Timer own: they can be moved, not copied, and free what they name when they end.
//   LoopRef, ServerRef, SocketRef and TimerRef only name it, and can be copied; callbacks get these. A name never
//   dangles: once what it names is gone, every call is refused with Errc::bad_handle. An accepted socket belongs to the
//   library, which frees it after its close, unless socket.keep() makes a Socket of it.
//
// Callbacks
//   Any callable, also one that can only be moved. It may take all arguments of the event, all but the handle, or none.
//   It is destroyed exactly once, when the library lets go of it: the drop function of C. on_... and once_... return a
//   Listener, which can take it off again and may be ignored.
//
// Results
//   Nothing here throws for an error of the network or a refused call. What can only be refused returns an Error, which
//   is true if there is one; what gives a value, a Result. Questions answer as a closed socket would if the handle is
//   dead. Memory that cannot be had is std::bad_alloc.
//
// Exceptions
//   What a callback throws does not pass through the library. It is kept, the loop stops, and run, poll or run_deferred
//   throws it again, as do connect and listen (a lookup) and spawn (a coroutine) when it was thrown inside of them. The
//   loop can be run again after that. If a second one escapes before the loop has stopped (from another listener of the
//   same event), the next run throws it. Where no such call is on the stack (the loop is run by net_loop_run, a hook or
//   a release function runs inside some other call), std::terminate is called. Without exceptions (-fno-exceptions)
//   there is nothing to keep.
//
// Coroutines
//   With C++20 there is nodenet/coroutine.hpp, included here: nodenet::co.
#ifndef NODENET_HPP
#define NODENET_HPP

#include "nodenet.h"

#include "nodenet/address.hpp"
#include "nodenet/block_list.hpp"
#include "nodenet/bound_socket.hpp"
#include "nodenet/bytes.hpp"
#include "nodenet/callback.hpp"
#include "nodenet/error.hpp"
#include "nodenet/handle.hpp"
#include "nodenet/lookup.hpp"
#include "nodenet/loop.hpp"
#include "nodenet/loop_group.hpp"
#include "nodenet/onread.hpp"
#include "nodenet/options.hpp"
#include "nodenet/passing.hpp"
#include "nodenet/server.hpp"
#include "nodenet/socket.hpp"
#include "nodenet/timer.hpp"
#include "nodenet/trace.hpp"
#include "nodenet/version.hpp"

#if defined(__cpp_impl_coroutine)
#include "nodenet/coroutine.hpp"
#endif

#endif
