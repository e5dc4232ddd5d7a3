#!/bin/sh
# Every C++ file looks as .clang-format says. To mend: clang-format -i FILE
cd "$(dirname "$0")/../.." && find fcgi_app tests bench -name node_modules -prune -o \
    \( -name '*.h' -o -name '*.cpp' \) -print 2>/dev/null | xargs clang-format --dry-run -Werror
