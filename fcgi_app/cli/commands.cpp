#include <sysexits.h>

#include "cli/audit_commands.h"
#include "cli/backup_commands.h"
#include "cli/bench.h"
#include "cli/command.h"
#include "cli/config_commands.h"
#include "cli/doctor.h"
#include "cli/mail_commands.h"
#include "cli/reference.h"
#include "cli/session_commands.h"
#include "cli/upkeep_commands.h"
#include "cli/user_commands.h"

namespace cli {
namespace {

using A = Arguments;
using enum Need;

const Option json{"--json", &A::json, optional, "Print one JSON document instead of text"};
const Option yes{"--yes", &A::yes, optional, "Do not ask"};
const Option who{"WHO", &A::who, required, "The account: its e-mail address or id"};
const Option new_address{"EMAIL", &A::who, required, "The address of the new account"};
const Option name{"--name NAME", &A::name, optional, "The person's name"};
const Option roles{"--role ROLE", &A::roles, optional, "A role to give; may be repeated"};
const Option added_roles{"--add ROLE", &A::roles, optional, "A role to give; may be repeated"};
const Option removed_roles{"--remove ROLE", &A::removed_roles, optional,
                           "A role to take away; may be repeated"};
const Option session{"SESSION", &A::session, optional, "The id that session list shows"};
const Option all{"--all", &A::all, optional, "Every session of the account"};
const Option mail_id{"ID", &A::mails, required, "The id that mail list shows"};
const Option mail_ids{"ID", &A::mails, required, "The ids that mail list shows"};
const Option shelved_or_ids{"ID", &A::mails, optional, "The ids that mail list shows"};
const Option all_shelved{"--all", &A::all, optional, "Every mail that is on the shelf"};
const Option state{"--state STATE", &A::state, optional,
                   "Only due, accepted, shelved, expired or discarded ones"};
const Option limit{"--limit N", &A::limit, optional,
                   "At most so many, the newest; 100 if not said"};
const Option recipient{"ADDRESS", &A::who, required, "Where to send it"};

const Option nginx_config{"--nginx-config FILE", &A::nginx_config, optional,
                          "nginx's first file; the one that nginx was built with if not said"};
const Option protected_path{"--protected PATH", &A::protected_paths, optional,
                            "A protected location beside those that nginx -T shows, or the URL of "
                            "one on another host; may be repeated"};
const Option as_whom{"--as WHO", &A::who, optional,
                     "Sign in as this account for a moment and look behind the protection, by GET"};
const Option back_end{"--backend URL", &A::back_ends, optional,
                      "A back end's own address, where nothing should answer; may be repeated"};
const Option fail_closed{"--fail-closed", &A::fail_closed, optional,
                         "Postern is stopped just now: look whether what it protects is closed"};
const Option test_mail_to{"--mail ADDRESS", &A::test_mail_to, optional,
                          "Send a test mail and wait for the relay to take it"};

const Option seconds{"--seconds N", &A::seconds, optional,
                     "For so long each: session checks, then logins; 5 if not said"};
const Option url{"--url URL", &A::url, optional,
                 "Ask there; public_origin on 127.0.0.1 if not said"};

const Option first_backup{"--backup", &A::backup, optional,
                          "First copy a database that a migration would change, to backups/"};
const Option directory{"--to DIRECTORY", &A::directory, optional,
                       "Where to; backups/ beside the database if not said"};
const Option keep{"--keep N", &A::keep, optional, "Then delete all but the N newest there"};
const Option anchor{"--anchor ID:HASH", &A::anchor, optional,
                    "Also hold it against a line audit_head of the log"};
const Option copy{"FILE", &A::file, required, "A copy that backup create made"};

std::vector<Command> make_commands() {
    return {
        {"serve",
         "Serve requests: one worker of the pool (systemd starts it)",
         "Takes its listening sockets \"quick\" and \"hashing\" from LISTEN_FDS, says READY=1 to "
         "NOTIFY_SOCKET and drains on SIGTERM. A bad configuration ends it with 78.",
         "systemctl start postern.target",
         {},
         run_serve,
         EX_CONFIG},
        {"migrate",
         "Create or upgrade the database; create the key file when it is missing",
         "Never touches a key file that is there. Safe beside running workers and when several "
         "run at once.",
         "postern migrate --backup",
         {first_backup, json},
         migrate},
        {"expire",
         "Take away dead sessions, claims, links, throttles and finished mails",
         "",
         "postern expire --json",
         {json},
         expire},
        {"doctor",
         "Look at the whole installation, nginx in front of it included; tell what to change",
         "Run it as root on the machine of nginx: it reads nginx -T, units, files and rights, and "
         "then asks through nginx as a visitor would. Without --as and --mail it changes nothing. "
         "Ends with 1 when a check has failed; a warning alone is 0.",
         "postern doctor\n"
         "postern doctor --as ada@example.org --mail ada@example.org\n"
         "postern doctor --backend http://192.0.2.7:3000/ --json",
         {nginx_config, protected_path, as_whom, back_end, fail_closed, test_mail_to, json},
         doctor_command},
        {"bench",
         "Measure session checks and logins a second, through nginx, beside the release's figures",
         "Busies the site as much as it can meanwhile: run it when visitors are few. Adds two "
         "accounts that get no mail, and takes them away again; their logins stay in the audit "
         "trail. Ends with 1 when an answer was not right.",
         "postern bench\n"
         "postern bench --seconds 20 --json\n"
         "postern bench --url https://accounts.example.org",
         {seconds, url, json},
         bench_command},

        {"audit verify",
         "Check that the audit trail is one unbroken chain",
         "Every security event is a row whose hash covers the row before. Workers write how far "
         "the trail has come to the log (audit_head), where nobody can change it afterwards.",
         "postern audit verify --anchor 1021:Qm9…",
         {anchor, json},
         audit_verify},
        {"audit export",
         "Print the audit trail",
         "Who did what from where, with what outcome and when (UTC).",
         "postern audit export --json",
         {json},
         audit_export},

        {"backup create",
         "Copy the database while it is in use, and check the copy",
         "The copy is one file of mode 0600. The key file is not in it: keep a copy of that "
         "elsewhere.",
         "postern backup create --keep 7",
         {directory, keep, json},
         backup_create},
        {"backup verify",
         "Check a copy: every page, every reference, the schema",
         "",
         "postern backup verify /var/lib/postern/backups/postern-20261121T030000Z.db",
         {copy, json},
         backup_verify},
        {"backup restore",
         "Put a copy in the place of the database; all workers must be stopped",
         "What is there is kept beside it. Sign-ins, links and queued mail of the copy are "
         "dropped: what was ended, used or sent since it was made would be alive again.",
         "postern backup restore /var/lib/postern/backups/postern-20261121T030000Z.db",
         {copy, yes, json},
         backup_restore},

        {"config check",
         "Check the configuration; tell every mistake with its place",
         "",
         "postern config check\n"
         "postern config check --config /etc/postern/postern.toml.new",
         {json},
         config_check},
        {"config show",
         "Show every key with its value and where it was set",
         "Secrets are shown as where they lie, never as what they are.",
         "postern config show --json",
         {json},
         config_show},

        {"user add",
         "Add an account whose mailbox needs no proof",
         "The password is asked for at the terminal, or taken from the first line of standard "
         "input; it is never an argument, because every user of the machine can read those.",
         "postern user add ada@example.org --name \"Ada Lovelace\" --role admin\n"
         "postern user add bot@example.org <password-file",
         {new_address, name, roles, json},
         user_add},
        {"user list",
         "List the accounts by address",
         "",
         "postern user list --json",
         {json},
         user_list},
        {"user show",
         "Show an account",
         "",
         "postern user show ada@example.org",
         {who, json},
         user_show},
        {"user lock",
         "Lock an account: its sessions and links end, and it cannot sign in",
         "A visitor sees a wrong password.",
         "postern user lock ada@example.org",
         {who, json},
         user_lock},
        {"user unlock",
         "Let a locked account sign in again",
         "",
         "postern user unlock ada@example.org",
         {who, json},
         user_unlock},
        {"user role",
         "Give roles to an account or take them away",
         "",
         "postern user role ada@example.org --add members --remove trial",
         {who, added_roles, removed_roles, json},
         user_role},
        {"user delete",
         "Delete an account with its sessions and links",
         "Asks first, unless --yes is given.",
         "postern user delete ada@example.org --yes",
         {who, yes, json},
         user_delete},
        {"user reset-link",
         "Make a link that sets a new password, to hand over by yourself",
         "Earlier reset links of the account die. Whoever has the link can take the account over.",
         "postern user reset-link ada@example.org",
         {who, json},
         user_reset_link},

        {"session list",
         "List where an account is signed in",
         "",
         "postern session list ada@example.org",
         {who, json},
         session_list},
        {"session end",
         "End one sign-in of an account, or all",
         "",
         "postern session end ada@example.org Zk3uS2dTNv0\n"
         "postern session end ada@example.org -- -k3uS2dTNv0\n"
         "postern session end ada@example.org --all",
         {who, session, all, json},
         session_end},

        {"mail list",
         "List mails of the queue, the newest first",
         "A mail's text and link are not in the queue: they are made when it is sent.",
         "postern mail list --state shelved",
         {state, limit, json},
         mail_list},
        {"mail show",
         "Show what is known of a mail",
         "",
         "postern mail show 17",
         {mail_id, json},
         mail_show},
        {"mail retry",
         "Send mails again, now and with their attempts counted from none",
         "",
         "postern mail retry 17 18\n"
         "postern mail retry --all",
         {shelved_or_ids, all_shelved, json},
         mail_retry},
        {"mail drop",
         "Take mails out of the queue without sending them",
         "",
         "postern mail drop 17",
         {mail_ids, json},
         mail_drop},
        {"mail test",
         "Queue a test mail; it goes the way of every mail",
         "A running worker sends it within seconds; mail show tells what became of it.",
         "postern mail test ada@example.org",
         {recipient, json},
         mail_test},
        {"mail status",
         "Count the mails of the queue by state",
         "",
         "postern mail status --json",
         {json},
         mail_status},

        {"reference manual",
         "Print the manual page of the commands",
         "",
         "postern reference manual | man -l -",
         {},
         reference_manual},
        {"reference configuration",
         "Print the manual page of postern.toml",
         "",
         "postern reference configuration | man -l -",
         {},
         reference_configuration},
        {"reference completion",
         "Print the completion for bash",
         "",
         "postern reference completion >/etc/bash_completion.d/postern",
         {},
         reference_completion},
    };
}

}  // namespace

const std::vector<Command>& all_commands() {
    static const std::vector<Command> commands = make_commands();
    return commands;
}

const std::vector<Group>& all_groups() {
    static const std::vector<Group> groups{
        {"audit", "Check and export the trail of security events"},
        {"backup", "Copy the database, check a copy, put one back"},
        {"config", "Check or show the configuration"},
        {"user", "Administer accounts"},
        {"session", "See and end sign-ins"},
        {"reference", "Print manual pages and completion"},
        {"mail", "See and steer the queue of outgoing mail"},
    };
    return groups;
}

}  // namespace cli
