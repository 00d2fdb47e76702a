/**
 * A script for Envoy's Lua filter that removes headers from requests to some hosts.
 *
 * Hosts are compared as Envoy's router does: without regard to case and port. A header map cannot be changed while it
 * is walked through, so names are collected first.
 *
 * @param hosts may begin with `*`
 * @param headers in lower case, may end with `*`
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/lua_filter
 */
export function stripHeadersScript(hosts: readonly string[], headers: readonly string[]): string {
  const [suffixes, exactHosts] = parted(hosts, (host) => host.startsWith('*'));
  const [prefixes, exactHeaders] = parted(headers, (header) => header.endsWith('*'));
  return `local hosts = ${luaSet(exactHosts)}
local host_ends = ${luaList(suffixes.map((suffix) => suffix.slice(1)))}
local headers = ${luaSet(exactHeaders)}
local header_beginnings = ${luaList(prefixes.map((prefix) => prefix.slice(0, -1)))}

local function is_ours(authority)
  local host = authority:lower():gsub(":%d*$", ""):gsub("%.$", "")
  for _, ending in ipairs(host_ends) do
    if host:sub(-#ending) == ending then return true end
  end
  return hosts[host] == true
end

local function is_removed(name)
  for _, beginning in ipairs(header_beginnings) do
    if name:sub(1, #beginning) == beginning then return true end
  end
  return headers[name] == true
end

function envoy_on_request(handle)
  local all = handle:headers()
  if not is_ours(all:get(":authority") or "") then return end
  local removed = {}
  for name in pairs(all) do
    if is_removed(name:lower()) then table.insert(removed, name) end
  end
  for _, name in ipairs(removed) do all:remove(name) end
end
`;
}

function parted(values: readonly string[], first: (value: string) => boolean): [string[], string[]] {
  return [values.filter(first), values.filter((value) => !first(value))];
}

/** The values are names of hosts and headers: nothing in them means something in a Lua string. */
function luaList(values: readonly string[]): string {
  return `{${values.map((value) => `"${value}"`).join(', ')}}`;
}

function luaSet(values: readonly string[]): string {
  return `{${values.map((value) => `["${value}"] = true`).join(', ')}}`;
}
