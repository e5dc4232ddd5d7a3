# The statements of sql/queries/ become constants of a generated header.

# postern_queries(target file…): sql.h, in the target's public include path, with
#   namespace sql::session { inline constexpr store::Query find{"session.find", "SELECT …", 0}; }
# for the block "-- name: find" of session.sql, and the list sql::all. A block without a statement,
# a name given twice or a statement without a name fails the build with file and line.
function(postern_queries target)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/generated/sql.h)
  add_custom_command(OUTPUT ${output}
    COMMAND awk -f ${PROJECT_SOURCE_DIR}/cmake/queries.awk ${ARGN} < /dev/null > ${output}.new
    COMMAND ${CMAKE_COMMAND} -E rename ${output}.new ${output}
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/queries.awk VERBATIM)
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/generated)
  target_sources(${target} PRIVATE ${output})
  target_include_directories(${target} PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/generated)
endfunction()
