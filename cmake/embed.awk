# Writes a header with each input file as a string constant; see embed.cmake.
function close_file() { if (current != "") printf ")~\";\n" }
BEGIN {
    print "// Generated from text files; do not edit."
    print "#pragma once"
    print "#include <array>\n#include <string_view>\n#include <utility>"
    printf "namespace %s {\n", namespace
}
FNR == 1 {
    close_file()
    current = FILENAME
    sub(/.*\//, "", current)
    names[++count] = current
    word = current
    gsub(/[^A-Za-z0-9]/, "_", word)
    if (word ~ /^[0-9]/) word = "_" word
    words[count] = word
    printf "inline constexpr std::string_view %s = R\"~(", word
}
{ print }
END {
    close_file()
    printf "using Embedded = std::pair<std::string_view, std::string_view>;\n"
    printf "inline constexpr std::array<Embedded, %d> all{{\n", count
    for (i = 1; i <= count; i++) printf "    {\"%s\", %s},\n", names[i], words[i]
    print "}};"
    printf "}  // namespace %s\n", namespace
}
