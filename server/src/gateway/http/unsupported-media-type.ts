/** What a request's body is, or is packed with, is nothing that is taken there. Answered with 415. */
export class UnsupportedMediaType extends Error {
  override readonly name = 'UnsupportedMediaType';
}
