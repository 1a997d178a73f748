import { DEFAULT_PORT } from '../gateway/default-port.ts';

export { VERSION } from '../version.ts';

/** Help texts by command; `''` is the overview. */
export const HELP: Record<string, string> & { '': string } = {
  '': `spantail: tail -f for AI-agent runs

  spantail serve             start a gateway (embedded log, or --redis URL)
  spantail watch TRACE_ID    show a run live in the terminal (or --latest)
  spantail play FILE…        publish recorded runs as live ones
  spantail export TRACE_ID   a run as a file; spantail import FILE… brings it back
  spantail help COMMAND      what a command takes
  spantail --version

The gateway's address comes from --url (watch), --to (play) or SPANTAIL_URL;
default http://127.0.0.1:${DEFAULT_PORT}.
`,
  serve: `spantail serve [options]

  --host H            address to listen on                    127.0.0.1
  --port P            port, 0 for a free one                  ${DEFAULT_PORT}
  --data DIR          directory of the embedded log           ~/.local/share/spantail
  --redis URL         log on Redis ≥ 7 or Redis Cluster       (embedded log)
                      redis://…, rediss://…, redis+cluster://host:port,host:port
  --ttl HOURS         keep a run this long after its last event  24
  --allow-origin O    web page that may connect, repeatable   loopback and own host
  --allow-host NAME   name it may be called by on loopback,   loopback
                      for a proxy in front; repeatable

Answers /live (the process turns) and /ready (an event went through the log just now).
Stops cleanly on SIGTERM and SIGINT.
`,
  play: `spantail play FILE… [options]

  FILE                a recorded run, or a folder of them; .gz too:
                      Claude Code session log (.jsonl), OpenTelemetry span JSON,
                      mini-swe-agent trajectory
  --speed N|max       how many times faster than recorded     1
  --to URL            gateway (http, ws) or Redis (redis)     http://127.0.0.1:${DEFAULT_PORT}
  --follow            keep publishing what a Claude Code log grows by, until Ctrl-C
  --quiet             print trace ids only

Prints each run's trace id when it begins. Nothing is published when a file cannot be read.

  spantail play examples/runs --speed 10
  spantail play ~/.claude/projects/my-project/SESSION.jsonl --follow

Exit code: 0 all was published, 1 something was not, 2 wrong usage, 130 interrupted.
`,
  watch: `spantail watch TRACE_ID|--latest [options]

  --latest            the run that started last, or the next one to start
  --json              one event a line, exactly once each; ends with the run
  --full              with --json: inputs and outputs whole, not as references
  --after CURSOR      continue behind a cursor of this trace
  --follow            go on after the run's end
  --url URL           gateway                                 http://127.0.0.1:${DEFAULT_PORT}

In a terminal the run grows in place; elsewhere the finished tree is printed.

  spantail watch --latest
  spantail watch TRACE_ID --json | jq .name

Exit code: 0 the run ended, 1 it could not be watched, 2 wrong usage, 130 interrupted.
`,
  export: `spantail export TRACE_ID [options]

  --format F          events: JSON lines, everything as it was;  events
                      otlp: OTLP/JSON of its spans, for any OpenTelemetry backend
  --out FILE          where to write                          (standard output)
  --url URL           gateway                                 http://127.0.0.1:${DEFAULT_PORT}

A run that is still live is exported as far as it has come.

Exit code: 0 it is there whole, 1 it is not, 2 wrong usage, 130 interrupted.
`,
  import: `spantail import FILE… [options]

  FILE                what \`spantail export\` wrote, or OTLP/JSON of other programs; .gz too
  --force             add to a run that is there already
  --url URL           gateway                                 http://127.0.0.1:${DEFAULT_PORT}

Runs keep their ids and times. Nothing is published when a file cannot be read.

Exit code: 0 all was published, 1 something was not, 2 wrong usage, 130 interrupted.
`,
};
