export { servePlugin } from './host';
