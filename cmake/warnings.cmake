# Warnings, hardening and sanitizers of every target of ours.
set(POSTERN_SANITIZE "" CACHE STRING "Value for -fsanitize=, for example address,undefined")

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough -Werror -fno-strict-aliasing -fstack-protector-strong
  $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>) # g++ leaves it out of -Wconversion
add_compile_definitions(JSON_USE_IMPLICIT_CONVERSIONS=0)
add_link_options(-Wl,-z,relro,-z,now)

if(POSTERN_SANITIZE)
  # g++ 12 takes the instrumented std::regex for uninitialised.
  add_compile_options(-fsanitize=${POSTERN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
    -O1 $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_link_options(-fsanitize=${POSTERN_SANITIZE})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_definitions(_FORTIFY_SOURCE=2)
endif()
