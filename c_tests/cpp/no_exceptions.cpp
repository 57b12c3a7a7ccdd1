// The header in a program without exceptions and without run-time type information.
#include "talk.hpp"

using namespace nodenet;

CASE(a_conversation_without_exceptions) {
    Talk talk(loop);
    std::string got;
    talk.on_peer = [](SocketRef socket) { socket.on_data([socket](Bytes data) { socket.write(data); }); };
    talk.client.on_connect([&] { talk.client.write("back and forth"); });
    talk.client.on_data([&](Bytes data) {
        got += data.text();
        if (got.size() == 14) {
            talk.client.end();
        }
    });
    talk.connect();
    talk.run();
    CHECK_TEXT(got, "back and forth");
}
