# Writes sql.h from sql/queries/<table>.sql; see queries.cmake and sql/README.md.
function fail(file, line, why) {
    printf "%s:%d: %s\n", file, line, why > "/dev/stderr"
    failed = 1
    exit 1
}
function fail_here(why) { fail(FILENAME, FNR, why) }

function end_block() {
    if (query == "") return
    sub(/[ \t\n;]+$/, "", text)
    if (text == "") fail(block_file, block_line, "the query '" query "' has no statement")
    texts[count] = text
    query = text = ""
    ended = 0
}
function begin_block(name) {
    end_block()
    block_file = FILENAME
    block_line = FNR
    if (name !~ /^[a-z][a-z0-9_]*$/) fail_here("a query's name is snake_case, not '" name "'")
    if (name in is_keyword) fail_here("'" name "' is a word of C++; take another name")
    if ((table, name) in seen) fail_here("the name '" name "' was taken in line " seen[table, name])
    seen[table, name] = FNR
    query = name
    names[++count] = name
    tables[count] = table
}
BEGIN {
    split("and auto bool break case catch class const continue default delete do double else enum " \
          "explicit export extern false float for friend goto if inline int long mutable namespace " \
          "new not operator or private protected public register requires return short signed " \
          "sizeof static struct switch template this throw true try typedef union unsigned using " \
          "virtual void volatile while xor all", words, " ")
    for (i in words) is_keyword[words[i]] = 1
}
FNR == 1 {
    end_block()
    table = FILENAME
    sub(/.*\//, "", table)
    sub(/\.sql$/, "", table)
    if (table !~ /^[a-z][a-z0-9_]*$/ || table in is_keyword) fail_here("'" table "' names no table")
}
/^--[ \t]*name:/ {
    name = $0
    sub(/^--[ \t]*name:[ \t]*/, "", name)
    sub(/[ \t\r]+$/, "", name)
    begin_block(name)
    next
}
(text == "" || ended) && (/^[ \t\r]*$/ || /^[ \t]*--/) { next }
query == "" { fail_here("a statement without '-- name:' before it") }
ended { fail_here("a second statement in the query '" query "'") }
{ text = text $0 "\n" }
/;[ \t\r]*$/ { ended = 1 }
END {
    if (failed) exit 1
    end_block()
    print "// Generated from sql/queries/; do not edit."
    print "#pragma once\n\n#include <array>\n\n#include \"store/query.h\"\n"
    for (i = 1; i <= count; i++) {
        if (tables[i] != tables[i - 1]) printf "namespace sql::%s {\n", tables[i]
        printf "inline constexpr store::Query %s{\"%s.%s\", R\"~(%s)~\", %d};\n", \
            names[i], tables[i], names[i], texts[i], i - 1
        if (tables[i] != tables[i + 1]) printf "}  // namespace sql::%s\n", tables[i]
    }
    printf "\nnamespace sql {\n"
    printf "inline constexpr std::array<store::Query, %d> all{", count
    for (i = 1; i <= count; i++) printf "%s\n    %s::%s", (i > 1 ? "," : ""), tables[i], names[i]
    print "};\n}  // namespace sql"
}
