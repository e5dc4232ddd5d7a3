# Files that nginx serves under a name that changes with their content, so that browsers may keep
# them for ever.

# postern_assets(target header.h namespace file…): copies each file to build/assets/ with the first
# eight hexadecimal digits of its SHA-256 in the name, and tells these names to the code:
#   namespace { inline constexpr std::string_view style = "style-1a2b3c4d.css"; }
# The header is for the target and for all that link it.
function(postern_assets target header namespace)
  set(directory ${CMAKE_BINARY_DIR}/assets)
  file(REMOVE_RECURSE ${directory})
  set(constants "")
  foreach(file IN LISTS ARGN)
    get_filename_component(word ${file} NAME_WE)
    get_filename_component(extension ${file} EXT)
    file(SHA256 ${file} hash)
    string(SUBSTRING ${hash} 0 8 hash)
    set(name ${word}-${hash}${extension})
    configure_file(${file} ${directory}/${name} COPYONLY)
    string(APPEND constants "inline constexpr std::string_view ${word} = \"${name}\";\n")
  endforeach()
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/generated/${target})
  file(CONFIGURE OUTPUT ${generated}/${header} @ONLY CONTENT
"// Generated from the assets' content; do not edit.
#pragma once
#include <string_view>
namespace ${namespace} {
${constants}}  // namespace ${namespace}
")
  target_include_directories(${target} PUBLIC ${generated})
endfunction()
