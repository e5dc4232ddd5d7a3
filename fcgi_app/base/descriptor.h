// An open file descriptor and its one owner.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <utility>

namespace base {

// Closes it when it goes. A negative number, which is what open(2) and the like give when they fail
// (errno says why), is none.
class Descriptor {
  public:
    explicit Descriptor(int number = -1) noexcept : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() {
        if (is_open()) close(number_);
    }

    [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }
    operator int() const noexcept { return number_; }

  private:
    int number_;
};

// Whether the names in that directory ("": the current one) are on the disk now; errno says why
// not. A power cut takes back what was created, renamed or removed there since the last time.
[[nodiscard]] bool sync_names_in(const std::filesystem::path& directory);

}  // namespace base
