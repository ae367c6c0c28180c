/** What `npx cresset --help` prints. */
export const HELP = `Usage: cresset <command> [options]

Commands:
  check <url>     is the tag right on this page
  init <site>     set up a worker and its first site, from a clone
  keys            list, make, rotate and revoke keys of a site
  quarantine      list, show, discard and replay refused events
  sign <userId>   print the signature of a user id
  sites           list, make and change sites
  help [command]  print this, or what a command does

Options:
  --json          print JSON, what goes wrong too: {"error": {"message"}}, on standard output
  -h, --help      print what a command does

Exit codes: 0 done, 1 failed, 2 called wrongly.`;
