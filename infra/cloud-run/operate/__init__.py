"""What an operator does to a deployment on Cloud Run: `operate.sh COMMAND`, with gcloud and Python alone."""
