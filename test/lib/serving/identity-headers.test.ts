import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { EdgeApp, IdentityHeaderFilter, type IdentityHeaderFilterProps } from '../../../lib';
import { stripHeadersScript } from '../../../lib/serving/strip-headers-script';
import { unseenProps } from '../../../lib/testing';
import { temporaryFolder } from '../support/folders';
import { manifestOf } from '../support/manifests';
import { expectRefusal } from '../support/refusals';

const HOSTS = ['*.staging.example.com', '*-prod.example.com', 'kubeflow.example.com'];

function filter(props: Partial<IdentityHeaderFilterProps> = {}) {
  const app = new EdgeApp();
  new IdentityHeaderFilter(new Chart(app, 'chart'), 'filter', { name: 'strip', hosts: HOSTS, ...props });
  return manifestOf(app, 'EnvoyFilter', 'strip');
}

describe('IdentityHeaderFilter', () => {
  it("puts a script before all filters of the gateway's HTTP listeners", () => {
    expect(filter()).toStrictEqual({
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'EnvoyFilter',
      metadata: { name: 'strip', namespace: 'istio-system' },
      spec: {
        workloadSelector: { labels: { istio: 'ingressgateway' } },
        priority: 100,
        configPatches: [
          {
            applyTo: 'HTTP_FILTER',
            match: {
              context: 'GATEWAY',
              listener: { filterChain: { filter: { name: 'envoy.filters.network.http_connection_manager' } } },
            },
            patch: {
              operation: 'INSERT_FIRST',
              value: {
                name: 'edge-inference.identity-headers',
                typed_config: {
                  '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
                  default_source_code: {
                    inline_string: stripHeadersScript(HOSTS, ['kubeflow-userid', 'kubeflow-groups', 'x-amzn-oidc-*']),
                  },
                },
              },
            },
          },
        ],
      },
    });
  });

  it('is for pods of certain labels: without any it would be for every gateway of the mesh', () => {
    expectRefusal(() => filter({ gatewayLabels: {} }), {
      code: 'EDGE_ERR_VALUE',
      value: '"{}"',
      rule: 'in istio-system of the whole mesh',
    });
  });

  it('shows every prop', () => {
    const props: Required<IdentityHeaderFilterProps> = {
      name: 'strip',
      namespace: 'gateways',
      gatewayLabels: { app: 'edge-gateway' },
      hosts: ['models.example.com'],
      headers: ['x-user'],
    };

    expect(unseenProps(props, [filter(props)])).toStrictEqual([]);
  });

  it.each(['*', '*.', 'a b', 'Models.example.com', 'models.*.com', 'a"] = os.exit()'])(
    'refuses the host %j',
    (host) => {
      expectRefusal(() => filter({ hosts: [host] }), { code: 'EDGE_ERR_DOMAIN', value: `"${host}"`, rule: 'only a-z' });
    },
  );

  it.each(['X-User', 'x_user', '*', '', 'a*b', 'x"] = nil'])('refuses the header %j', (header) => {
    expectRefusal(() => filter({ headers: [header] }), {
      code: 'EDGE_ERR_NAME',
      value: `"${header}"`,
      rule: 'in lower case',
    });
  });
});

describe('the text of the script', () => {
  it('has the ends of host patterns, whole hosts, whole headers and the beginnings of others', () => {
    const [hosts, ends, headers, beginnings] = stripHeadersScript(HOSTS, ['kubeflow-userid', 'x-amzn-oidc-*']).split(
      '\n',
    );

    expect([hosts, ends, headers, beginnings]).toStrictEqual([
      'local hosts = {["kubeflow.example.com"] = true}',
      'local host_ends = {".staging.example.com", "-prod.example.com"}',
      'local headers = {["kubeflow-userid"] = true}',
      'local header_beginnings = {"x-amzn-oidc-"}',
    ]);
  });
});

const LUA = ['luajit', 'lua5.1', 'lua'].find((command) => !spawnSync(command, ['-v']).error);

/** Stands for Envoy's header map, which refuses to be changed while it is walked through. */
const ENVOY = `
local function header_map(list)
  local walking = false
  local map = {}
  function map:get(name)
    for _, header in ipairs(list) do if header[1] == name then return header[2] end end
  end
  function map:remove(name)
    assert(not walking, "header map cannot be modified while iterating")
    for i = #list, 1, -1 do if list[i][1] == name then table.remove(list, i) end end
  end
  function map:each()
    walking = true
    local i = 0
    return function()
      i = i + 1
      if list[i] then return list[i][1], list[i][2] end
      walking = false
    end
  end
  return map
end
local plain_pairs = pairs
pairs = function(value) if value.each then return value:each() end return plain_pairs(value) end
`;

/** The names of the headers that a request still has behind the script. */
function behind(script: string, request: readonly (readonly [name: string, value: string])[]): string[] {
  const list = request.map(([name, value]) => `{${JSON.stringify(name)}, ${JSON.stringify(value)}}`).join(', ');
  const file = path.join(temporaryFolder(), 'request.lua');
  writeFileSync(
    file,
    `${ENVOY}${script}
local list = {${list}}
local map = header_map(list)
envoy_on_request({ headers = function() return map end })
for _, header in ipairs(list) do print(header[1]) end
`,
  );
  const { stdout, stderr } = spawnSync(LUA as string, [file], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

describe.skipIf(!LUA)(`the script in a Lua interpreter${LUA ? '' : ' (skipped: there is no luajit or lua)'}`, () => {
  const script = stripHeadersScript(HOSTS, ['kubeflow-userid', 'kubeflow-groups', 'x-amzn-oidc-*']);
  const FORGED = [
    ['kubeflow-userid', 'admin@example.com'],
    ['accept', '*/*'],
    ['kubeflow-groups', 'admins'],
    ['x-amzn-oidc-data', 'e30.e30.'],
    ['x-amzn-oidc-identity', 'admin'],
    ['kubeflow-userid', 'twice@example.com'],
    ['x-amzn-trace-id', 'Root=1'],
  ] as const;

  it.each([
    'iris.staging.example.com',
    'IRIS.Staging.example.com',
    'iris.staging.example.com:443',
    'iris.staging.example.com.',
    'iris.staging.example.com.:8443',
    'a.b.staging.example.com',
    'iris-prod.example.com',
    'kubeflow.example.com:443',
  ])('removes identity headers from a request for %s (C-T6, X-10)', (host) => {
    expect(behind(script, [[':authority', host], ...FORGED])).toStrictEqual([
      ':authority',
      'accept',
      'x-amzn-trace-id',
    ]);
  });

  it.each(['dashboard.example.com', 'staging.example.com', 'kubeflow.example.com.evil.net', 'staging.example.com:80'])(
    'leaves a request for %s alone',
    (host) => {
      const request = [[':authority', host], ...FORGED] as const;

      expect(behind(script, request)).toStrictEqual(request.map(([name]) => name));
    },
  );

  it('leaves a request without a host to Envoy, which has no route for it', () => {
    expect(behind(script, FORGED)).toHaveLength(FORGED.length);
  });
});
