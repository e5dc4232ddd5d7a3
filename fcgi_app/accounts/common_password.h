// Passwords that a guesser tries first.
//
// A list of whole passwords would have to be endless; people make theirs from few parts. So the
// list holds the parts, and what is put together from nothing else is refused. A password that has
// more in it is none of these, whatever words it contains.
#pragma once

#include <string_view>

namespace accounts {

// password: NFC, in lower case. True when the whole of it is
//  - at most three parts, each a word of common_words.txt (no more than two of these) or a run: one
//    character again and again, neighbours in the alphabet, of digits or on a keyboard, forwards or
//    backwards, or a year: "password12345678", "qwertyuiopasdfghjkl", "summer2024!!!!!";
//  - or such a thing, or any four bytes, again and again: "passwordpassword", "1a2b1a2b1a2b1a2b".
[[nodiscard]] bool is_common_password(std::string_view password);

}  // namespace accounts
