import { z } from 'zod';

const integer = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

const settingsSchema = z
  .object({
    /** 0 takes a free port. */
    PORT: integer(0, 65_535).default(8080),
    HOST: z.string().default('0.0.0.0'),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    /**
     * Whose X-Forwarded-* headers count. The pods' NetworkPolicy lets in the controller's pods only, and these have
     * private addresses.
     */
    TRUSTED_PROXIES: z.string().default('loopback,linklocal,uniquelocal'),
    NOT_FOUND_TEXT: z.string().default("This isn't the URL you're looking for."),
    MODEL_STORE: z.string().default('/models'),
    MAX_UPLOAD_BYTES: integer(1024, 2 ** 30).default(1024 * 1024),
    /** How often serve looks for a newer model. */
    RELOAD_MS: integer(10, 3_600_000).default(2_000),
    /** How long requests are still answered after SIGTERM: routers learn late that a pod goes. */
    DRAIN_MS: integer(0, 25_000).default(5_000),
  })
  .transform((env) => ({
    port: env.PORT,
    host: env.HOST,
    logLevel: env.LOG_LEVEL,
    trustedProxies: env.TRUSTED_PROXIES.split(',')
      .map((proxy) => proxy.trim())
      .filter(Boolean),
    notFoundText: env.NOT_FOUND_TEXT,
    modelStore: env.MODEL_STORE,
    maxUploadBytes: env.MAX_UPLOAD_BYTES,
    reloadMs: env.RELOAD_MS,
    drainMs: env.DRAIN_MS,
  }));

/** What a service is told through its environment. */
export type Settings = z.infer<typeof settingsSchema>;

/** @throws Error that names each variable that is wrong */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const { success, data, error } = settingsSchema.safeParse(env);
  if (success) return data;
  throw new Error(error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}
