import { DEFINITIONS_FILE } from './rabbitmq-conf';
import { RABBITMQ_PATHS as paths } from './rabbitmq-paths';

/** Seconds between two looks at the mounted files. A kubelet brings a change in after a minute or two. */
const LOOK_SECONDS = 5;
/** How long the other nodes may take to come, and quorum queues to find their members. */
const PATIENCE_SECONDS = 600;

/**
 * An Erlang script, because Erlang is what every image of RabbitMQ has: it puts hashes into the definitions in place of
 * what stands for them, `{hash <user> <salt>}`. Passwords come from files: an argument could be seen in the list of
 * processes.
 */
export const HASH_SCRIPT = `%% Arguments: the definitions, the folder with a folder for each user, and the file to write.
main([Definitions, Secrets, Target]) ->
    {ok, Text} = file:read_file(Definitions),
    Pattern = "\\\\{hash ([A-Za-z0-9._@-]+) ([0-9a-f]{8})\\\\}",
    Places = case re:run(Text, Pattern, [global, {capture, all, binary}]) of
        {match, Found} -> Found;
        nomatch -> []
    end,
    Hashed = lists:foldl(fun([Place, User, Salt], Before) ->
        binary:replace(Before, Place, hash(Secrets, User, Salt), [global])
    end, Text, Places),
    ok = file:write_file(Target, Hashed).

hash(Secrets, User, HexSalt) ->
    {ok, File} = file:read_file(filename:join([Secrets, User, "password"])),
    case string:trim(File, trailing, "\\n") of
        <<>> ->
            io:format(standard_error, "the Secret with the password of user ~ts is empty~n", [User]),
            halt(1);
        Text ->
            Salt = <<(binary_to_integer(HexSalt, 16)):32>>,
            base64:encode(<<Salt/binary, (crypto:hash(sha256, <<Salt/binary, Text/binary>>))/binary>>)
    end.
`;

/** Makes the definitions of users anew from what is mounted. All or nothing: a node may be reading them. */
const RENDER = `escript() { erl +B -noinput -boot no_dot_erlang -run escript start -extra "$@"; }
render() {
  escript ${paths.config}/hash.escript ${paths.access}/${DEFINITIONS_FILE} ${paths.secrets} ${paths.etc}/next.json &&
    mv -f ${paths.etc}/next.json ${paths.etc}/${DEFINITIONS_FILE}
}
`;

/** Runs before a node, as its user: what it reads is copied to where it, and nobody else, may write. */
export function prepareScript(): string {
  return `#!/bin/sh
set -eu
umask 077
${RENDER}
rm -f ${paths.home}/.erlang.cookie
tr -d '\\r\\n' <${paths.cookie}/cookie >${paths.home}/.erlang.cookie
chmod 400 ${paths.home}/.erlang.cookie
for file in rabbitmq.conf enabled_plugins; do
  cat "${paths.config}/$file" >"${paths.etc}/$file"
done
render
`;
}

/**
 * Runs beside the first node and tells the cluster what has changed: users, permissions, policies, exchanges, queues and
 * bindings. Users that are no longer in the stack are removed. Queues are not: there may be messages in them.
 *
 * Queues are declared when all nodes are there, since a quorum queue gets its members from those that it finds; who may do
 * what waits for nobody.
 */
export function definitionsScript(replicas: number): string {
  return `#!/bin/sh
set -u
umask 077
trap 'exit 0' TERM INT
${RENDER}
pause() {
  sleep "$1" &
  wait $!
}
fingerprint() {
  for file in ${paths.access}/* ${paths.secrets}/*/password ${paths.config}/users ${paths.config}/topology.json; do
    [ -f "$file" ] || continue
    echo "$file"
    cat "$file"
  done | sha256sum
}
remove_strangers() {
  rabbitmqctl -q list_users --no-table-headers | cut -f 1 | while read -r user; do
    grep -qxF "$user" ${paths.config}/users || rabbitmqctl -q delete_user "$user" </dev/null
  done
}
apply() {
  render &&
    rabbitmqctl -q await_startup --timeout ${PATIENCE_SECONDS} &&
    rabbitmqctl -q import_definitions ${paths.etc}/${DEFINITIONS_FILE} &&
    remove_strangers &&
    rabbitmqctl -q await_online_nodes ${replicas} --timeout ${PATIENCE_SECONDS} &&
    rabbitmqctl -q import_definitions ${paths.config}/topology.json
}

done_with=
before=
while true; do
  now=$(fingerprint)
  # Two looks that are the same: a kubelet brings the volumes of a pod up to date one after the other.
  if [ "$now" = "$before" ] && [ "$now" != "$done_with" ]; then
    case "$POD_NAME" in
      *-0) apply && done_with=$now && echo "users, permissions and queues are those of the stack" ;;
      *) done_with=$now ;;
    esac
  fi
  before=$now
  pause ${LOOK_SECONDS}
done
`;
}

/**
 * Runs in a node that is to stop: waits until every quorum queue can spare it, so that an update that goes from node to
 * node stops none of them, and hands over what it leads.
 */
export function stopScript(patienceSeconds: number): string {
  return `rabbitmq-upgrade await_online_quorum_plus_one -t ${patienceSeconds} && rabbitmq-upgrade drain -t ${patienceSeconds}`;
}
