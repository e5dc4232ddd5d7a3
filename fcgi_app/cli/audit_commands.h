// `postern audit …`: the trail of security events.
#pragma once

#include "cli/command.h"

namespace cli {

int audit_verify(const Arguments& arguments);
int audit_export(const Arguments& arguments);

}  // namespace cli
