// What the tests of the web begin with: a website, one who visits it with a browser, and a script.
#pragma once

#include "support/browser.h"

using base::Route;
using support::contains;

namespace support {

struct VisitedWebsite {
    Website website;
    Browser visitor{website};
    Browser script{website, true};
};

}  // namespace support
