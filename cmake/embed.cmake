# Text files become constants of a generated header.

# postern_embed(target header.h namespace file…): for each file, base name with '.' and '-' as '_':
#   namespace { inline constexpr std::string_view login_tpl = "…"; }
# and the list `all` of {name, text}. The header lands in the target's private include path.
function(postern_embed target header namespace)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/generated/${header})
  add_custom_command(OUTPUT ${output}
    COMMAND awk -v namespace=${namespace} -f ${PROJECT_SOURCE_DIR}/cmake/embed.awk ${ARGN} > ${output}.new
    COMMAND ${CMAKE_COMMAND} -E rename ${output}.new ${output}
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/embed.awk VERBATIM)
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/generated)
  target_sources(${target} PRIVATE ${output})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)
endfunction()
