import { describe, expect, it } from 'vitest';
import { HostLayout } from '../../../lib/naming/host-layout';
import {
  componentName,
  domainProblem,
  externalHost,
  flatHostDerivationProblem,
  hostDerivationProblem,
  hostLengthProblem,
  hostProblem,
  inClusterHost,
  modelNameProblem,
  modelUrls,
} from '../../../lib/naming/model-hosts';

describe('domainProblem', () => {
  const long = (length: number) => {
    const labels = Array.from({ length: 4 }, () => 'a'.repeat(60)).join('.');
    return `${labels}.${'b'.repeat(length - labels.length - 1)}`;
  };

  it.each(['example.com', 'platform.example.com', 'a.b', '1.2', `${'a'.repeat(63)}.com`, long(253)])(
    'accepts the domain %j',
    (domain) => {
      expect(domainProblem(domain)).toBeUndefined();
    },
  );

  it.each([
    ['localhost', 'at least two parts'],
    ['', 'each part begins and ends with a letter or a digit'],
    ['Example.com', 'only a-z'],
    ['https://example.com', 'only a-z'],
    ['example.com:8080', 'only a-z'],
    ['*.example.com', 'only a-z'],
    ['example.com.', 'each part begins and ends with a letter or a digit'],
    [`${'a'.repeat(64)}.com`, 'at most 63 characters, and this one has 64'],
    [`example.${'a'.repeat(64)}`, 'at most 63 characters, and this one has 64'],
    [long(254), 'at most 253 characters, and this one has 254'],
  ])('refuses the domain %j: %s', (domain, rule) => {
    expect(domainProblem(domain)).toContain(rule);
  });
});

describe('hostProblem', () => {
  it.each(['localhost', 'mqtt.example.com', `${'a'.repeat(63)}.com`])('accepts the host %j', (host) => {
    expect(hostProblem(host)).toBeUndefined();
  });

  it.each([
    ['', 'each part begins and ends with a letter or a digit'],
    ['*.example.com', 'only a-z'],
    [`${'a'.repeat(64)}.com`, 'at most 63 characters, and this one has 64'],
    [`${'a.'.repeat(127)}b`, 'at most 253 characters, and this one has 255'],
  ])('refuses the host %j: %s', (host, rule) => {
    expect(hostProblem(host)).toContain(rule);
  });
});

describe('modelNameProblem', () => {
  it.each(['a', 'a1', 'sklearn-iris', 'a--b', 'a'.repeat(53)])('accepts the name %j', (name) => {
    expect(modelNameProblem(name)).toBeUndefined();
  });

  it.each(['', '1a', '-a', 'a-', 'Iris', 'a.b', 'a_b', 'a b', 'a\n'])('refuses the name %j', (name) => {
    expect(modelNameProblem(name)).toBe(
      "KServe's names have only a-z, 0-9 and -, begin with a letter, and do not end with -",
    );
  });

  it('refuses a name of 54 characters, because the predictor gets ten more', () => {
    expect(modelNameProblem('a'.repeat(54))).toBe(
      'the host label "<name>-predictor" has at most 63 characters, which leaves 53, and this name has 54',
    );
  });
});

describe('modelNameProblem of a model with a transformer', () => {
  it('accepts 51 characters and refuses 52, because the transformer gets twelve more', () => {
    expect(modelNameProblem('a'.repeat(51), 'transformer')).toBeUndefined();
    expect(modelNameProblem('a'.repeat(52), 'transformer')).toBe(
      'the host label "<name>-transformer" has at most 63 characters, which leaves 51, and this name has 52',
    );
  });
});

describe('hostDerivationProblem', () => {
  it.each(['iris', 'predictor', 'default', 'default-team', 'my-defaul', 'transformer'])('accepts %j', (part) => {
    expect(hostDerivationProblem(part)).toBeUndefined();
  });

  it.each([
    ['iris-predictor', '-predictor'],
    ['a-predictors', '-predictor'],
    ['a-transformer-b', '-transformer'],
    ['team-default', '-default'],
    ['a-defaults.example.com', '-default'],
  ])('refuses %j, from which KServe cuts %s', (part, word) => {
    expect(hostDerivationProblem(part)).toBe(
      `KServe cuts "${word}" out of hosts, and would publish a host that does not lead to the model`,
    );
  });
});

describe('flatHostDerivationProblem', () => {
  it.each(['staging', 'my-staging', 'predictor-a', 'defaul'])('accepts the namespace %j', (namespace) => {
    expect(flatHostDerivationProblem(namespace)).toBeUndefined();
  });

  it.each(['default', 'default-a', 'defaults'])(
    'refuses the namespace %j: KServe finds "-predictor-default" in the host',
    (namespace) => {
      expect(flatHostDerivationProblem(namespace)).toContain('KServe cuts "-default" out of hosts');
    },
  );
});

describe('hostLengthProblem', () => {
  const long = (length: number) => `${'a'.repeat(60)}.`.repeat(4) + 'b'.repeat(length - 244);

  it('accepts 253 characters and refuses 254', () => {
    expect(hostLengthProblem(long(253))).toBeUndefined();
    expect(hostLengthProblem(long(254))).toBe('a host has at most 253 characters, and this one has 254');
  });

  it('accepts a label of 63 characters and refuses one of 64', () => {
    expect(hostLengthProblem(`${'a'.repeat(63)}.example.com`)).toBeUndefined();
    expect(hostLengthProblem(`${'a'.repeat(64)}.example.com`)).toBe(
      `a part of a host has at most 63 characters, and "${'a'.repeat(64)}" has 64`,
    );
  });
});

describe('hosts and URLs of a model', () => {
  it("follow Knative's default template outside of the cluster", () => {
    expect(externalHost('iris', 'staging', 'example.com')).toBe('iris.staging.example.com');
  });

  it('have the namespace in the first label in the flat layout', () => {
    expect(externalHost('iris', 'staging', 'example.com', HostLayout.FLAT)).toBe('iris-staging.example.com');
  });

  it("are those of a component's Service, where there is none for the model as a whole", () => {
    expect(inClusterHost(componentName('iris', 'transformer'), 'staging')).toBe(
      'iris-transformer.staging.svc.cluster.local',
    );
  });

  it("are those of KServe's top-level service inside the cluster", () => {
    expect(inClusterHost('iris', 'staging')).toBe('iris.staging.svc.cluster.local');
  });

  it('name the model in the path of either protocol', () => {
    expect(modelUrls('https', 'iris.staging.example.com', 'iris')).toStrictEqual({
      base: 'https://iris.staging.example.com',
      v1Predict: 'https://iris.staging.example.com/v1/models/iris:predict',
      v2Infer: 'https://iris.staging.example.com/v2/models/iris/infer',
      grpc: 'grpcs://iris.staging.example.com/iris',
    });
  });
});
