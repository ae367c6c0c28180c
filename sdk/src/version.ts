/** Version of the package, sent as `context.library.version`. A bundle test holds it equal to package.json. */
export const VERSION = '0.1.0';
