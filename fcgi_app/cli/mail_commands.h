// `postern mail …`. Each gives the exit code and throws as command.h says.
#pragma once

#include "cli/command.h"

namespace cli {

int mail_list(const Arguments& arguments);
int mail_show(const Arguments& arguments);
int mail_retry(const Arguments& arguments);
int mail_drop(const Arguments& arguments);
int mail_test(const Arguments& arguments);
int mail_status(const Arguments& arguments);

}  // namespace cli
