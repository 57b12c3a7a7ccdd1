// C++20 coroutines over sockets, servers and timers: while (auto data = co_await socket.read()) ...
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A co_await gives a Result or an Error as everything does, and throws nothing by itself. It waits only if it has to.
// While it waits,
//   - an error of the socket, or its destruction, ends the waiting: with that error, or with Errc::canceled;
//   - the end of the handle (a co::Socket that is destroyed elsewhere) ends it with Errc::canceled in the next turn;
//   - the end of the loop ends the coroutine: the frames of a spawned task and all it awaits are destroyed, so their
//     destructors run and nothing else. A coroutine of a foreign type gets Errc::canceled instead.
// A coroutine runs in the loop's thread, inside of the library's callbacks.
#ifndef NODENET_COROUTINE_HPP
#define NODENET_COROUTINE_HPP

#include "co_server.hpp"
#include "co_sleep.hpp"
#include "co_socket.hpp"
#include "task.hpp"

#endif
