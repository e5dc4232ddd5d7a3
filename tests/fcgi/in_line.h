// Another loop in a listener's line, which takes nothing.
#pragma once

#include <filesystem>

#include "fcgi/line.h"

namespace fcgi_test {

class InLine : public fcgi::Line {
  public:
    explicit InLine(const std::filesystem::path& file,
                    fcgi::Load::Level level = fcgi::Load::Level::busy, unsigned cores = 1)
        : Line(file, cores) {
        go_to_the_end();
        set_level(level);
    }
};

}  // namespace fcgi_test
