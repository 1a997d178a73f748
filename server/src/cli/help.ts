import {
  SORT_FIELDS,
  STATS_GROUPS,
  fieldEntry,
  fieldsOf,
  type QuerySubject,
} from '@spantail/protocol';
import { DEFAULT_PORT } from '../gateway/default-port.ts';

export { VERSION } from '../version.ts';

const EXIT = `Exit code: 0 done, 1 not there or no answer, 2 wrong usage, 130 interrupted.
`;

/** `-q` and an option for each field, as the filter language has them. */
function filterHelp(subject: QuerySubject): string {
  const fields = fieldsOf(subject).map((field) => {
    const { kind, choices, meaning } = fieldEntry(field);
    const list = choices?.[subject]?.join(', ');
    return `  --${field.padEnd(18)}${list ?? `${meaning} (${kind})`}`;
  });
  return `  -q FILTER           status:error duration:>2s "rate limit"; see PROTOCOL.md §17
${fields.join('\n')}
                      with an operator: '>2s', '!=ok', 10..20, plan*`;
}

function listHelp(subject: QuerySubject): string {
  return `
  --sort FIELD        ${SORT_FIELDS[subject].join(', ')}
                      -FIELD: the largest first               -start
  --limit N           rows at most                            20
  --json              one row a line
  --url URL           gateway                                 http://127.0.0.1:${DEFAULT_PORT}

${EXIT}`;
}

/** Help texts by command; `''` is the overview. */
export const HELP: Record<string, string> & { '': string } = {
  '': `spantail: tail -f for AI-agent runs

  spantail serve             start a gateway (embedded log, or --redis URL)
  spantail watch TRACE_ID    show a run live in the terminal (or --latest, --next)
  spantail play FILE…        publish recorded runs as live ones

  spantail runs              runs of the record, the newest first
  spantail show TRACE_ID     one run as a tree
  spantail spans             spans across runs: --status error --sort -duration
  spantail path TRACE_ID SPAN_ID   from a span up to the root
  spantail stats             counts, failures, durations, tokens, cost

  spantail export TRACE_ID   a run as a file; spantail import FILE… brings it back
  spantail help COMMAND      what a command takes
  spantail --version

The gateway's address comes from --url, --to (play) or SPANTAIL_URL;
default http://127.0.0.1:${DEFAULT_PORT}.
`,
  serve: `spantail serve [options]

  --host H            address to listen on                    127.0.0.1
  --port P            port, 0 for a free one                  ${DEFAULT_PORT}
  --data DIR          directory of embedded log and archive   ~/.local/share/spantail
  --redis URL         log on Redis ≥ 7 or Redis Cluster       (embedded log)
                      redis://…, rediss://…, redis+cluster://host:port,host:port
  --archive WHERE     where runs are kept: postgres://…,       archive.sqlite in --data
                      a file, or none
  --role ROLE         gateway, indexer or all; the two apart   all
                      need --redis, and --archive postgres://… or none
  --otlp-grpc         takes OTLP over gRPC, too, on port 4317  (HTTP only)
  --otlp-grpc-port P  the same on another port
  --otlp-lease MIN    what OTLP has open is called lost when   10
                      nothing came of its run for so long
  --hot-after-end MIN how long the log holds a run that is    10
                      over and archived
  --prices FILE       JSON of your own model prices, in US    (list prices)
                      dollars for a million tokens:
                      {"my-model": {"input": 1, "cachedInput": 0.1, "output": 5}}
  --keep DAYS         remove runs that ended longer ago       (for ever)
  --keep-size SIZE    remove the oldest runs above this:      (no bound)
                      500MB, 20GB, 1TB
  --ttl HOURS         the log holds a run this long after its  24
                      last event, archived or not
  --allow-origin O    web page that may connect, repeatable   loopback and own host
  --allow-host NAME   name it may be called by on loopback,   loopback
                      for a proxy in front; repeatable

Answers /live (the process turns) and /ready (an event went through the log just now,
and how far the archive is behind it).
Stops cleanly on SIGTERM and SIGINT.
`,
  play: `spantail play FILE… [options]

  FILE                a recorded run, or a folder of them; .gz too:
                      Claude Code session log (.jsonl), OTLP/JSON, OpenTelemetry
                      span JSON, Jaeger JSON, Langfuse export (JSON, JSON lines,
                      CSV), mini-swe-agent trajectory
  --speed N|max       how many times faster than recorded     1
  --to URL            gateway (http, ws) or Redis (redis)     http://127.0.0.1:${DEFAULT_PORT}
  --follow            keep publishing what a Claude Code log grows by, until Ctrl-C
  --quiet             print trace ids only

Prints each run's trace id when it begins. Nothing is published when a file cannot be read.

  spantail play examples/runs --speed 10
  spantail play ~/.claude/projects/my-project/SESSION.jsonl --follow

Exit code: 0 all was published, 1 something was not, 2 wrong usage, 130 interrupted.
`,
  watch: `spantail watch TRACE_ID|--latest|--next [options]

  --latest            the run that started last, or the first one to start
  --next              wait for the next run to start
  --json              one event a line, exactly once each; ends with the run
  --full              with --json: inputs and outputs whole, not as references
  --after CURSOR      continue behind a cursor of this trace
  --follow            go on after the run's end
  --url URL           gateway                                 http://127.0.0.1:${DEFAULT_PORT}

In a terminal the run grows in place; elsewhere the finished tree is printed.

  spantail watch --next
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
  runs: `spantail runs [options]

${filterHelp('run')}
${listHelp('run')}
  spantail runs --status error --start '>-1d'
  spantail runs -q 'agent:research* cost:>0.50 "rate limit"' --sort -cost
`,
  show: `spantail show TRACE_ID [options]

  --limit N           rows of the tree at most; what runs and what failed first
  --json              the run, then its spans, one a line
  --url URL           gateway                                 http://127.0.0.1:${DEFAULT_PORT}

Also a run that goes on, as the record has it; to follow it: spantail watch TRACE_ID

${EXIT}`,
  spans: `spantail spans [options]

${filterHelp('span')}
${listHelp('span')}
  spantail spans --status error --sort -duration
  spantail spans --type tool -q 'duration:>2s -name:bash' --json | jq .name
`,
  path: `spantail path TRACE_ID SPAN_ID [options]

  --full              inputs and outputs whole, not a line of each
  --json              one step a line, inputs and outputs whole
  --url URL           gateway                                 http://127.0.0.1:${DEFAULT_PORT}

The span, its parent, and so on to the root: what each was given and what it gave.

${EXIT}`,
  stats: `spantail stats [options]

${filterHelp('span')}
  --by WHAT           a row for each ${STATS_GROUPS.join(', ')}
  --every DURATION    a row for each time slot: 5m, 1h, 1d
  --limit N           groups at most                          20
  --json              one row a line
  --url URL           gateway                                 http://127.0.0.1:${DEFAULT_PORT}

  spantail stats --by model --start '>-7d' --every 1d
  spantail stats --by name --type tool

${EXIT}`,
};
