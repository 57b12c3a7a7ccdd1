#!/bin/sh
set -eu
# shellcheck disable=SC2046 # pkg-config prints several arguments
cc echo.c -o echo $(pkg-config --cflags --libs nodenet)
