/** What `npx cresset --help` prints. */
export const HELP = `Usage: cresset <command> [options]

Commands:
  quarantine      list, show, discard and replay refused events
  sign <userId>   print the signature of a user id
  help [command]  print this, or what a command does

Options:
  -h, --help      print what a command does

Exit codes: 0 done, 1 failed, 2 called wrongly.`;
