// The other half of echo_hpp.cpp: the header in a second translation unit of one program.
#include <nodenet.hpp>

nodenet::Address here();

nodenet::Address here() { return nodenet::Address("127.0.0.1"); }
