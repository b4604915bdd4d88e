# The state lies in a bucket that you make once; README.md says how. It holds no secret's value.
terraform {
  backend "gcs" {
    prefix = "emergence"
  }
}
