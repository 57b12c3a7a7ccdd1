// Errors without exceptions, for those who want std::error_code, and for those who want exceptions after all.
#include <iostream>
#include <nodenet.hpp>
#include <stdexcept>

int main() {
    nodenet::Loop loop;

    // 1. A call that is refused says so at once: an Error, which is true if there is one.
    if (nodenet::Error refused = nodenet::SocketRef().pause())
        std::cout << refused.code_name() << ": " << refused.message() << '\n';

    // 2. What goes wrong later is an event. An Error has all that Node tells, and may be kept.
    nodenet::Socket socket(loop);
    nodenet::Error kept;
    nodenet::Listener listener = socket.on_error([&](const nodenet::Error &error) { kept = error; });
    socket.connect_path("no-such.sock");
    std::cout << "run: " << loop.run().message() << '\n';
    std::cout << kept.message() << " (" << kept.syscall() << ", " << kept.address() << ")\n";
    std::error_code code = kept;
    std::cout << (code == std::errc::no_such_file_or_directory) << (code == nodenet::Errc::no_such_path) << '\n';

    // 3. Without a listener it comes out of run.
    listener.off();
    socket.connect_path("no-such.sock");
    std::cout << "run: " << loop.run().message() << '\n';

    // 4. A value or an error; value() throws for those who do not look.
    nodenet::ConnectOptions wrong;
    wrong.family = 5;
    nodenet::Result<nodenet::Socket> made = nodenet::connect(loop, wrong);
    std::cout << made.has_value() << ' ' << made.error().code_name() << '\n';
    try {
        nodenet::Socket never = std::move(made).value();
    } catch (const std::system_error &error) {
        std::cout << error.what() << '\n';
    }

    // 5. What a callback throws does not pass through the library: it comes out of run, which can go on after it.
    loop.post([] { throw std::runtime_error("thrown in a callback"); });
    loop.post([] { std::cout << "the next one\n"; });
    try {
        if (loop.run())
            return 1;
    } catch (const std::runtime_error &error) {
        std::cout << "caught: " << error.what() << '\n';
    }
    return loop.run() ? 1 : 0;
}
