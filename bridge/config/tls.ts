import * as z from 'zod';

/** Certificates of a connection; files in PEM. */
export const tls = z
  .strictObject({
    caFile: z.string().optional(),
    certFile: z.string().optional(),
    keyFile: z.string().optional(),
    serverName: z.string().optional(),
  })
  .refine(
    ({ certFile, keyFile }) => !certFile === !keyFile,
    'certFile and keyFile belong together. Give both or neither',
  );
